// Calls from pages to the app's own routes.

export interface Answer<Body> {
  readonly ok: boolean
  readonly status: number
  readonly body: Body
}

/** What a refusal says. */
export interface Fault {
  readonly error?: string
  readonly message?: string
  readonly field?: string
}

/** Calls a route; a network that is down is an answer too. */
export async function call<Body extends object>(path: string, method = 'GET', body?: object): Promise<Answer<Partial<Body> & Fault>> {
  try {
    const response = await fetch(path, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    })
    const parsed = (await response.json().catch(() => ({}))) as Partial<Body> & Fault
    return { ok: response.ok, status: response.status, body: parsed }
  } catch {
    const fault: Fault = { error: 'The server cannot be reached. Try again.' }
    return { ok: false, status: 0, body: fault as Partial<Body> & Fault }
  }
}

export const faultOf = ({ body }: Answer<Fault>): string => body.error ?? body.message ?? 'Something went wrong. Try again.'
