// The two HTTP faces: the internal one with the app's secret, the public one with a user's token.

async function call(url, { method, headers = {}, body }) {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes, body: parsed(response, bytes) }
}

function parsed(response, bytes) {
  const isJson = (response.headers.get('content-type') ?? '').includes('json')
  return isJson ? JSON.parse(bytes.toString()) : bytes.toString()
}

/** `internal.post('/internal/notify', {…})`; the secret is sent unless the headers say otherwise. */
export function internalApi(sidecar) {
  const request = (method) => (path, body, headers = {}) =>
    call(sidecar().internalUrl + path, {
      method,
      body,
      headers: { authorization: `Bearer ${sidecar().home.internalSecret}`, ...headers },
    })
  return {
    get: (path, headers) => request('GET')(path, undefined, headers),
    post: request('POST'),
    put: request('PUT'),
    remove: (path, headers, body) => request('DELETE')(path, body, headers),
  }
}

/** `publicApi.get(person, path)`; nobody is `null`. The token travels as the app's cookie. */
export function publicApi(sidecar) {
  const request = (method) => (person, path, body, headers = {}) =>
    call(sidecar().publicUrl + path, {
      method,
      body,
      headers: person ? { cookie: `authToken=${person.token}`, ...headers } : headers,
    })
  return {
    get: (person, path, headers) => request('GET')(person, path, undefined, headers),
    post: request('POST'),
    remove: (person, path) => request('DELETE')(person, path),
  }
}

/** `bearerApi(sidecar, '/social')`: the same with the token in the header, under a prefix; a body only if there is one. */
export function bearerApi(sidecar, prefix = '') {
  const request = (method) => (person, path, body, headers = {}) =>
    call(sidecar().publicUrl + prefix + path, {
      method,
      body,
      headers: person ? { authorization: `Bearer ${person.token}`, ...headers } : headers,
    })
  return { get: request('GET'), post: request('POST'), patch: request('PATCH'), remove: request('DELETE') }
}
