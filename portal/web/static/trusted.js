/* Only htmx turns an answer of our own origin into a part of the page; no text becomes a script.
   This is what `require-trusted-types-for 'script'; trusted-types walloff` asks for. */
htmx.registerExtension("trusted", {
  init: (api) => {
    const refused = function () {
      throw new Error("no text becomes a script");
    };
    const types = window.trustedTypes;
    const policy = types?.createPolicy("walloff", { createHTML: (answer) => answer });
    const safe = {
      createHTML: (answer) => (policy ? policy.createHTML(answer) : answer),
      createScript: () => (types ? types.emptyScript : ""),
    };
    api.initSecurity(safe, refused, refused);
  },
});
