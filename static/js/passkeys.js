// Passkeys: ask the server for options, the browser for an answer, and send it with the form.
// Forms carry data-passkey="create" or "get" and data-options, where the options come from.
(() => {
  "use strict";
  // A passkey belongs to a name, never to an address of numbers.
  const named = !/^[\d.]+$|^\[/.test(location.hostname);
  if (!window.PublicKeyCredential || !window.isSecureContext || !named) return;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readable = (options) => {
    const key = options.publicKey || options;
    key.challenge = bytes(key.challenge);
    if (key.user) key.user.id = bytes(key.user.id);
    for (const list of [key.excludeCredentials, key.allowCredentials])
      for (const one of list || []) one.id = bytes(one.id);
    return { publicKey: key };
  };
  const sendable = (found) => {
    const told = {
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      authenticatorAttachment: found.authenticatorAttachment || undefined,
      clientExtensionResults: found.getClientExtensionResults(),
      response: {},
    };
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (found.response[name]) told.response[name] = text(found.response[name]);
    if (found.response.getTransports) told.response.transports = found.response.getTransports();
    return told;
  };

  const ask = async (form) => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(form.dataset.options, {
      method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin", redirect: "manual",
    });
    if (answer.type === "opaqueredirect") {
      // A fresh proof is due first: the plain form leads there.
      form.submit();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const options = readable(await answer.json());
    const found = await navigator.credentials[form.dataset.passkey](options);
    form.querySelector("[name=credential]").value = JSON.stringify(sendable(found));
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const failed = form.querySelector("[data-failed]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (failed) failed.hidden = true;
      ask(form).catch(() => { if (failed) failed.hidden = false; });
    });
  }
})();
