// Calls of the sidecar's HTTP, as the user who is connected.

/** Gives `{ ok, status, body }`; never throws. `token` is null to let the cookie speak. */
export async function call(method, path, token, body) {
  const headers = {}
  if (token) headers.authorization = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      // A cookie would be looked at before the token.
      credentials: token ? 'omit' : 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(20_000),
    })
    const text = await answer.text()
    return { ok: answer.ok, status: answer.status, body: parsed(text) }
  } catch (error) {
    const late = error.name === 'TimeoutError'
    return { ok: false, status: 0, body: { error: late ? 'No answer in time' : 'The sidecar does not answer' } }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return { error: text.slice(0, 200) }
  }
}

/** What a refusal says. */
export const refusalOf = ({ status, body }) => `${status ? `${status}: ` : ''}${body.error ?? body.message ?? 'refused'}`
