// The try-it client of the API's docs. Plain script, no build; the page reads well without it.
"use strict";

const root = document.documentElement;
const sandbox = document.getElementById("sandbox");
const words = sandbox.dataset;
const tokenField = document.getElementById("token");
const said = sandbox.querySelector(".said");
// Ids that answers have told, put in wherever a request names them.
const known = {};
const PREFIXES = { mem_: "MEMBER", ent_: "ENTRY", res_: "RESERVATION", itm_: "ITEM", mor_: "MALLORDER" };
const PLACE = /\$(MEMBER|ENTRY|RESERVATION|ITEM|MALLORDER)/g;
const tries = [...document.querySelectorAll("form.try")];
// A token that was asked for, until it is known to be good no longer.
let asked = null;
let lent = "";

root.classList.add("js");
if (matchMedia("(max-width: 56rem)").matches) document.querySelector(".contents").open = false;

const fill = (text) => text.replace(PLACE, (all, name) => known[name] ?? all);

function make(tag, text, className) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''").replace(PLACE, (name) => `'"${name}"'`)}'`;
}

// --- One request -----------------------------------------------------------------------------
function request(form) {
  const field = (name) => fill(form.elements[name]?.value ?? "");
  return {
    method: form.dataset.method,
    media: form.dataset.media,
    path: field("path"),
    key: field("key"),
    body: field("body"),
  };
}

function curl({ method, media, path, key, body }) {
  const lines = [`curl -i -X ${method} "${words.base}${path}"`, '-H "Authorization: Bearer $TOKEN"'];
  if (key) lines.push(`-H 'Idempotency-Key: ${key}'`);
  if (body) lines.push(`-H 'Content-Type: ${media}'`, `--data-binary ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

function redraw(form) {
  form.querySelector(".shell code").textContent = curl(request(form));
}

function learn(id) {
  const name = typeof id === "string" && PREFIXES[id.slice(0, 4)];
  if (!name || known[name] === id) return;
  known[name] = id;
  for (const form of tries) {
    for (const field of form.elements) if (field.name) field.value = fill(field.value);
    redraw(form);
  }
}

// --- The token -------------------------------------------------------------------------------
async function lend() {
  const csrf = sandbox.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(words.url, { method: "POST", headers: { "X-CSRFToken": csrf } });
  if (!answer.ok) throw new Error(words.wordsToken);
  lent = (await answer.json()).access_token;
  tokenField.value = lent;
  said.textContent = words.wordsReady;
  return lent;
}

async function token() {
  if (tokenField.value.trim()) return tokenField.value.trim();
  if (words.sandbox !== "yes") throw new Error(words.wordsPaste);
  asked ??= lend().finally(() => { asked = null; });
  return asked;
}

// --- Sending and showing ---------------------------------------------------------------------
async function call(wanted) {
  const headers = { Authorization: `Bearer ${await token()}` };
  if (wanted.key) headers["Idempotency-Key"] = wanted.key;
  if (wanted.body) headers["Content-Type"] = wanted.media;
  const options = { method: wanted.method, headers, credentials: "omit" };
  if (wanted.body) options.body = wanted.body;
  return fetch(wanted.path, options);
}

async function send(form) {
  const wanted = request(form);
  const missing = `${wanted.path} ${wanted.body}`.match(PLACE);
  if (missing) return complain(form, words.wordsFirst, missing[0]);
  const button = form.querySelector(".send");
  button.disabled = true;
  show(form, make("p", words.wordsSent));
  try {
    const began = performance.now();
    let answer = await call(wanted);
    if (answer.status === 401 && lent && tokenField.value === lent) {
      // The sandbox token has run out: take another and send once more.
      tokenField.value = "";
      answer = await call(wanted);
    }
    draw(form, answer, await answer.text(), Math.round(performance.now() - began));
  } catch (error) {
    complain(form, error instanceof TypeError ? words.wordsOffline : error.message);
  } finally {
    button.disabled = false;
  }
}

const FIRST = {
  $MEMBER: "enrol",
  $RESERVATION: "reserve",
  $ENTRY: "earn",
  $ITEM: "try-mall_list_items",
  $MALLORDER: "try-mall_place_order",
};

function complain(form, text, missing) {
  const line = make("p", `${text} `, "bad");
  if (missing) {
    const link = make("a", document.getElementById(FIRST[missing]).getAttribute("aria-label"));
    link.href = `#${FIRST[missing]}`;
    line.append(link);
  }
  show(form, line);
}

function show(form, ...nodes) {
  form.querySelector(".answer").replaceChildren(...nodes);
}

function draw(form, answer, text, took) {
  const status = make("p", `${answer.status} ${answer.statusText}`, `status ${answer.ok ? "good" : "bad"}`);
  status.append(make("span", ` · ${took} ms`, "took"));
  const headers = make("details");
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
  headers.append(make("summary", `${words.wordsHeaders} (${lines.length})`), box(lines.join("\n")));
  headers.open = answer.headers.has("idempotent-replay");
  let parsed = null;
  try { parsed = JSON.parse(text); } catch { /* NDJSON, or nothing */ }
  const body = box(parsed ? JSON.stringify(parsed, null, 2) : text || words.wordsEmpty);
  show(form, status, headers, body);
  if (parsed?.code && parsed.type) {
    const link = make("a", parsed.code);
    link.href = `/api/v1/errors#${parsed.code}`;
    status.append(" · ", link);
  }
  if (!answer.ok) return;
  learn(parsed?.id);
  if (parsed?.items?.length) learn(parsed.items[0].id);
}

function box(text) {
  const pre = make("pre");
  pre.tabIndex = 0;
  pre.append(make("code", text));
  return pre;
}

async function copy(button, text) {
  const before = [...button.childNodes];
  try { await navigator.clipboard.writeText(text); } catch { return; }
  button.textContent = words.wordsCopied;
  setTimeout(() => { button.replaceChildren(...before); }, 1500);
}

// --- Wiring ----------------------------------------------------------------------------------
for (const form of tries) {
  // The body stands above already; the button copies the whole line all the same.
  if (form.elements.body) form.querySelector(".shell details").open = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  form.addEventListener("input", () => redraw(form));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
  });
  form.querySelector("[data-copy]").addEventListener("click", (event) => {
    copy(event.currentTarget, curl(request(form)));
  });
  form.querySelector("[data-new-key]")?.addEventListener("click", () => {
    // Only a secure origin has randomUUID.
    const random = crypto.getRandomValues(new Uint32Array(4));
    form.elements.key.value = [...random].map((part) => part.toString(16)).join("-");
    redraw(form);
  });
  redraw(form);
}
sandbox.querySelector("[data-get-token]")?.addEventListener("click", () => {
  lend().catch((error) => { said.textContent = error.message; });
});
sandbox.querySelector("[data-copy-token]")?.addEventListener("click", (event) => {
  copy(event.currentTarget, tokenField.value);
});

// The contents mark where the reader is.
const links = new Map([...document.querySelectorAll(".side a[href^='#']")].map((a) => [a.hash.slice(1), a]));
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of links.values()) link.removeAttribute("aria-current");
    links.get(entry.target.id)?.setAttribute("aria-current", "true");
  }
}, { rootMargin: "-15% 0px -75% 0px" });
for (const id of links.keys()) {
  const place = document.getElementById(id);
  if (place) watcher.observe(place);
}
