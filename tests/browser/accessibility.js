/* Returns the faults of the open page as a list of sentences: the part of WCAG 2.2 AA that a
   script can tell without axe-core. Contrast is computed from the colours in force, so that it
   holds for the light and the dark scheme alike. */
() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility === "visible";
  };

  if (document.documentElement.lang !== "en") faults.push("3.1.1: no language");
  if (!document.title.trim()) faults.push("2.4.2: no title");
  if (document.characterSet !== "UTF-8") faults.push("not read as UTF-8");
  for (const landmark of ["body > header", "main", "body > footer"])
    if (all(landmark).length !== 1) faults.push(`1.3.1: not one ${landmark}`);
  for (const child of document.body.children)
    if (!child.matches("header, main, footer, [aria-hidden=true]"))
      faults.push(`1.3.1: <${child.localName}> outside of landmarks`);

  let above = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(heading.localName[1]);
    if (level > above + 1) faults.push(`1.3.1: h${level} follows h${above}`);
    if (!heading.textContent.trim()) faults.push("1.3.1: empty heading");
    above = level;
  }
  if (all("h1").length !== 1) faults.push("1.3.1: not one h1");

  const ids = all("[id]").map((element) => element.id);
  for (const id of ids)
    if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`4.1.2: id ${id} twice`);
  for (const element of all("[aria-labelledby]"))
    if (!ids.includes(element.getAttribute("aria-labelledby")))
      faults.push(`4.1.2: ${element.localName} is labelled by nothing`);
  for (const link of all("a"))
    if (!link.textContent.trim() || !ids.includes(link.hash.slice(1)))
      faults.push("2.4.4: a link without text or target");
  for (const drawing of all("img, svg"))
    if (!drawing.closest("[aria-hidden=true]") && !drawing.getAttribute("aria-label"))
      faults.push("1.1.1: a drawing without a text");
  for (const list of all("dl > div"))
    if (list.querySelectorAll("dt").length !== 1 || list.querySelectorAll("dd").length !== 1)
      faults.push("1.3.1: a term without its description");
  for (const link of all("a")) {
    const { height } = link.getBoundingClientRect();
    const row = link.parentElement.getBoundingClientRect();
    if (Math.max(height, row.height) < 24) faults.push("2.5.8: a target under 24 px");
  }

  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const luminance = ({ rgb }) =>
    rgb
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const background = colour(getComputedStyle(at).backgroundColor);
      if (background.alpha === 1) return background;
      if (background.alpha !== 0) faults.push(`${at.localName}: half-transparent background`);
    }
    return colour("rgb(255, 255, 255)");
  };
  let measured = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest(".spoken") || !visible(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(colour(style.color), behind(element));
    measured += 1;
    if (found < (large ? 3 : 4.5))
      faults.push(`1.4.3: ${found.toFixed(2)}:1 in ${element.localName}.${element.className}`);
    if (size < 12) faults.push(`${size} px text in ${element.localName}`);
  }
  if (measured < 8) faults.push(`only ${measured} texts measured`);
  for (const mark of all(".withheld"))
    if (ratio(colour(getComputedStyle(mark).borderTopColor), behind(mark)) < 3)
      faults.push("1.4.11: the mark does not stand out");
  return [...new Set(faults)];
}
