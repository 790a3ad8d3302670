// A fault people really have, said so that the one who reads it knows what to do next.

export type Severity = 'ok' | 'warning' | 'error'

export type DiagnosisCode =
  | 'healthy'
  | 'browser-offline'
  | 'sidecar-down'
  | 'redirected'
  | 'not-routed'
  | 'not-the-sidecar'
  | 'wrong-origin'
  | 'cookie-not-sent'
  | 'no-token'
  | 'expired-token'
  | 'token-signature'
  | 'token-invalid'
  | 'clock-skew'
  | 'admin-only'
  | 'locked-out'
  | 'too-many-connections'
  | 'logged-out'
  | 'stuck-on-polling'
  | 'slow'
  | 'refused'

export interface Diagnosis {
  code: DiagnosisCode
  severity: Severity
  /** One line. */
  title: string
  /** What was seen. */
  detail: string
  /** What to do about it. */
  remedy: string
}
