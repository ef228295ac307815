// The journal of a form: what the server holds of it and has not saved, kept in this browser. After a reload, or after
// the server was started again, the server knows nothing of it: then it is handed back.

const SLOT = "algos:form:";
const TAB = "algos:tab";
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;

// This window. A reload keeps its name; a second window, also one that was duplicated from this one, has another.
const tab = (globalThis.__algosTab ??= named());

async function named() {
  let name;
  try {
    name = sessionStorage.getItem(TAB);
  } catch {
    // no storage in a private window: the window has a name until it is reloaded
  }
  for (let tries = 0; name && tries < 8; tries += 1) {
    if (await held(name)) return name;
    await new Promise((done) => setTimeout(done, 100)); // the page that is being reloaded lets go of it in a moment
  }
  const fresh = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  await held(fresh);
  try {
    sessionStorage.setItem(TAB, fresh);
  } catch {
    // see above
  }
  return fresh;
}

/** Hold a window's name as long as this page is open. False where another page holds it. */
function held(name) {
  if (!navigator.locks) return Promise.resolve(true); // not over plain http from another machine
  return new Promise((done) => {
    navigator.locks.request(`${TAB}:${name}`, { ifAvailable: true }, (lock) => {
      done(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}

/** The windows of this browser that are open now. */
async function open() {
  if (!navigator.locks) return new Set();
  const { held: locks } = await navigator.locks.query();
  return new Set(locks.map((one) => one.name.slice(TAB.length + 1)));
}

function read(name) {
  try {
    const found = Object.entries(JSON.parse(localStorage.getItem(SLOT + name) ?? "{}"));
    return Object.fromEntries(found.filter(([, one]) => typeof one?.entry === "string" && Date.now() - one.at < KEPT_FOR_MS));
  } catch {
    return {};
  }
}

function write(name, entries) {
  try {
    if (Object.keys(entries).length) localStorage.setItem(SLOT + name, JSON.stringify(entries));
    else localStorage.removeItem(SLOT + name);
  } catch {
    // full or refused: what is typed stays in the window
  }
}

// A choice stands in the page alone until the server has heard of it and drawn the form again: whoever leaves in that
// moment is asked first. (A text needs no asking: its field writes it down itself.)
const CHOICE = "[role=option], [role=radio], [role=checkbox], [role=switch], input[type=checkbox], input[type=radio]";
const UNHEARD_FOR_MS = 10_000; // a click on what was chosen already changes nothing, and nobody will ever hear of it
const forms = new Set();
let unheard = 0;

function askBeforeLeaving() {
  const app = document.querySelector("[data-testid=stApp]");
  const runs = () => app?.getAttribute("data-test-script-state") === "running";
  const chosen = (event) => {
    const combobox = event.type === "keydown" && event.key === "Enter" && event.target.closest?.("[role=combobox]");
    if (combobox || (event.type === "click" && event.target.closest?.(CHOICE))) unheard = Date.now();
  };
  let ran = false;
  const drawn = () => {
    if (ran && !runs()) unheard = 0;
    ran = runs();
  };
  document.addEventListener("click", chosen, true);
  document.addEventListener("keydown", chosen, true);
  if (app) new MutationObserver(drawn).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  addEventListener("beforeunload", (event) => {
    const form = [...forms].some((one) => one.isConnected);
    if (form && Date.now() - unheard < UNHEARD_FOR_MS) event.preventDefault();
  });
}

const latest = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!globalThis.__algosAsks) askBeforeLeaving();
  globalThis.__algosAsks = true;
  if (data.form) forms.add(parentElement);
  latest.set(parentElement, data);
  update(data, () => latest.get(parentElement) === data && parentElement.isConnected, (left) => setStateValue("left", left));
}

async function update(data, isLatest, send) {
  const [mine, windows] = [await tab, await open()];
  if (!isLatest()) return;
  const entries = read(data.name);
  if (data.dropped in entries) {
    delete entries[data.dropped];
    write(data.name, entries);
  }
  const own = entries[mine];
  if (own && own.token !== data.token && !data.answered && own.entry !== data.entry) {
    send({ token: data.token, tab: mine, own: true, entry: own.entry, at: own.at });
    return;
  }
  if (data.entry === null) delete entries[mine];
  else if (own?.entry !== data.entry || own.token !== data.token) {
    entries[mine] = { token: data.token, entry: data.entry, at: Date.now() };
    if (data.form) unheard = 0;
  }
  write(data.name, entries);
  const others = Object.entries(entries).filter(([name]) => name !== mine);
  others.sort(([, one], [, other]) => other.at - one.at);
  const [name, other] = others.find(([name]) => !windows.has(name)) ?? others[0] ?? [];
  const found = other && { token: data.token, tab: name, own: false, open: windows.has(name), entry: other.entry, at: other.at };
  if (found && `${name} ${other.at} ${found.open}` !== data.seen) send(found);
  else if (!found && data.seen) send({ token: data.token, tab: "", own: false });
}
