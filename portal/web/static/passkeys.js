/* A button asks the authenticator, and sends what it answers as an ordinary form.
   Without this script, or without passkeys in the browser, the form stays hidden. */
(() => {
  const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!able) continue;
    const options = JSON.parse(form.dataset.options);
    const said = form.querySelector("[role=status]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const answer =
          form.dataset.passkey === "make"
            ? await navigator.credentials.create({
                publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
              })
            : await navigator.credentials.get({
                publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
              });
        form.elements.passkey.value = JSON.stringify(answer.toJSON());
        form.submit();
      } catch {
        said.textContent = form.dataset.failed;
      }
    });
  }
})();
