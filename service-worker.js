/*
 * Public pages and static files for the time without a network; nothing else.
 *
 * Only GET requests of this origin are looked at, and of those only `/static/…` and the pages below a language folder.
 * Invitations, rooms, sign-in, set-up, interfaces and WebSockets never pass through here. The server puts the name of
 * the build in, so a new build is a new worker with a new store.
 */
const BUILD = "@build@";
const STORE = `meetone-${BUILD}`;
const LANGUAGES = ["de", "en"];
const STATIC_FILES = `/static/${BUILD}/`;
const READABLE_OFFLINE = /^\/(?:de|en)\/(?:faq|imprint|privacy|terms|accessibility)$/;
const PUBLIC_PAGE = /^\/(?:(?:de|en)\/.*)?$/;
const ANY_VARIANT = { ignoreVary: true };
const OFFLINE_PAGES = LANGUAGES.map((language) => `/${language}/offline`);

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => event.waitUntil(prepare()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith(STATIC_FILES)) event.respondWith(fromStore(request));
  else if (request.mode === "navigate" && PUBLIC_PAGE.test(url.pathname)) {
    event.respondWith(fromNetwork(request, url.pathname));
  }
});

/** Keep the offline pages and all that they are made of. */
async function prepare() {
  const store = await caches.open(STORE);
  await store.addAll(OFFLINE_PAGES);
  const named = await Promise.all(OFFLINE_PAGES.map((page) => filesNamedIn(store, page)));
  const files = [...new Set(named.flat())];
  await store.addAll(files);
  const sheets = files.filter((file) => file.endsWith(".css"));
  const imported = await Promise.all(sheets.map((sheet) => filesNamedIn(store, sheet)));
  await store.addAll([...new Set(imported.flat())]);
  await worker.skipWaiting();
}

/**
 * List the static files that a kept page links or a kept style sheet imports.
 * @param {Cache} store
 * @param {string} path
 */
async function filesNamedIn(store, path) {
  const text = await (await store.match(path, ANY_VARIANT))?.text();
  const base = new URL(path, worker.location.origin);
  const names = text?.matchAll(/(?:href|src)="([^"]+)"|@import url\("([^"]+)"\)/g) ?? [];
  return [...names]
    .map(([, linked, imported]) => new URL(linked ?? imported ?? "", base).pathname)
    .filter((file) => file.startsWith(STATIC_FILES));
}

/** Delete the stores of older builds. */
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("meetone-") && name !== STORE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/**
 * Answer with a static file; its address changes with its content, so a kept copy is never stale.
 * @param {Request} request
 */
async function fromStore(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await store.put(request.url, response.clone());
  return response;
}

/**
 * Answer with a page from the network, else with the kept copy of an information page, else with the offline page.
 * @param {Request} request
 * @param {string} path
 */
async function fromNetwork(request, path) {
  const store = await caches.open(STORE);
  try {
    const response = await fetch(request);
    if (response.ok && READABLE_OFFLINE.test(path)) await store.put(path, response.clone());
    return response;
  } catch {
    const kept = READABLE_OFFLINE.test(path) ? await store.match(path, ANY_VARIANT) : undefined;
    return (
      kept ?? (await store.match(`/${languageOf(path)}/offline`, ANY_VARIANT)) ?? Response.error()
    );
  }
}

/**
 * Tell the language of a page: its folder's, else the browser's, else German.
 * @param {string} path
 */
function languageOf(path) {
  const asked = [path.slice(1, 3), ...worker.navigator.languages.map((tag) => tag.slice(0, 2))];
  return asked.find((language) => LANGUAGES.includes(language)) ?? "de";
}
