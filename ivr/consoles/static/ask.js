// Asks the service for a change; what it refuses comes back in words for the reader.

export class Refused extends Error {}

const csrf = document.querySelector("meta[name=csrf]").content;

async function send(path, body, headers) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { Accept: "*/*", ...headers }, body });
  } catch {
    throw new Refused("连不上服务，请检查网络后再试。");
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Refused(told.message ?? "服务出错，请稍后再试。");
  }
  return answer.status === 204 ? {} : answer.json();
}

/** With a JSON body. */
export function post(path, body = {}) {
  return send(path, JSON.stringify(body), { "Content-Type": "application/json", "X-CSRF": csrf });
}

/** As a form. */
export function postForm(path, fields = {}) {
  return send(path, new URLSearchParams({ csrf, ...fields }), {});
}
