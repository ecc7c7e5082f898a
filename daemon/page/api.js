/// The daemon's answers. Where it asks for a bearer token, people are asked once and the tab remembers.

const KEY = "tlswatch-token";
let asking = null;  // one question at a time, however many requests wait for it

/// ApiError: a sentence for people, with the remedy; status 0: nothing answered.
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/// GETs api/v1/<path> with a query (empty values are left out); the JSON of it.
/// errors  ApiError; AbortError where `signal` ended it
export async function get(path, query = {}, signal = undefined) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const url = `api/v1/${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ""}`;
  const response = await request(url, { signal });
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(response.status, "What answers here is not tlswatchd: its answer is no JSON. Look at the address.");
  }
}

/// fetch with the token; asks for it where it is missing or wrong.
/// errors  ApiError for every status but 200
export async function request(url, { signal, headers = {} } = {}) {
  for (;;) {
    const token = sessionStorage.getItem(KEY);
    const response = await answer(url, {
      signal, cache: "no-store", credentials: "omit", redirect: "error",
      headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
    });
    if (response.ok) return response;
    if (response.status !== 401) throw new ApiError(response.status, await sentence(response));
    if (token === sessionStorage.getItem(KEY)) await (asking ??= ask(token !== null).finally(() => { asking = null; }));
  }
}

async function answer(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, `Nothing answers at ${location.host}. See whether the daemon runs: systemctl status tlswatchd`);
  }
}

async function sentence(response) {
  const said = await response.json().catch(() => null);
  return said?.error?.message ?? `The daemon answered ${response.status}. Its own log says why.`;
}

/// Shows the token dialog until it is answered.
function ask(refused) {
  const dialog = document.getElementById("token-dialog");
  const field = document.getElementById("token");
  if (refused) document.getElementById("token-why").textContent = "This token is not the one in token_file. Try again.";
  return new Promise((resolve) => {
    const show = () => { field.value = ""; dialog.showModal(); field.focus(); };
    dialog.onclose = () => {
      if (field.value.trim() === "") return show();
      sessionStorage.setItem(KEY, field.value.trim());
      field.value = "";
      return resolve();
    };
    show();
  });
}
