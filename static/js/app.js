// What a page without this script would not tell: that a partial update failed, or that
// the device is offline. Everything else works by links and forms.
(() => {
  const note = document.getElementById("failure");
  if (!note) return;
  const show = (what) => {
    note.hidden = !what;
    for (const name of ["offline", "failed"]) {
      note.querySelector(`[data-${name}]`).hidden = name !== what;
    }
  };
  // Panels refresh themselves in the background: their failure interrupts nobody.
  const failed = (event) => {
    if (!event.target.closest?.("[data-quiet]")) show(navigator.onLine ? "failed" : "offline");
  };
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, failed);
  }
  document.addEventListener("htmx:afterSwap", () => show(""));
  window.addEventListener("offline", () => show("offline"));
  window.addEventListener("online", () => show(""));
})();
