/* A single key presses the control that says so in `aria-keyshortcuts`; not while somebody types.
   A page loads this only for whoever has shortcuts switched on (WCAG 2.1.4). */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const typed = "input:not([type=radio], [type=checkbox], [type=submit]), textarea, select";
  if (event.target.closest(typed) || event.key.length !== 1) return;
  const wanted = [...document.querySelectorAll("[aria-keyshortcuts]:not([disabled])")];
  const found = wanted.find((one) => one.getAttribute("aria-keyshortcuts") === event.key);
  if (!found) return;
  event.preventDefault();
  found.focus();
  found.click();
});
