// A certificate for `localhost` that nobody has signed but itself (RFC 5280), made anew for each test.

import { generateKeyPairSync, sign } from 'node:crypto'

const DAY_MS = 24 * 3600 * 1000

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const OBJECT = 0x06
const UTF8 = 0x0c
const UTC_TIME = 0x17
/** Of the context, with a number: constructed, and a text or bytes within an alternative name. */
const field = (number) => 0xa0 + number
const plain = (number) => 0x80 + number

function der(tag, ...parts) {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}

const object = (hex) => der(OBJECT, Buffer.from(hex, 'hex'))
const integer = (...bytes) => der(INTEGER, Buffer.from(bytes))
const time = (ms) => {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '')
  return der(UTC_TIME, Buffer.from(`${digits.slice(2, 14)}Z`))
}

const ECDSA_WITH_SHA256 = der(SEQUENCE, object('2a8648ce3d040302'))
const COMMON_NAME = object('550403')
const SUBJECT_ALTERNATIVE_NAME = object('551d11')

function pem(label, bytes) {
  const lines = bytes.toString('base64').match(/.{1,64}/g)
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/** `{ key, cert }` in PEM, of a server called `localhost`. */
export function newCertificate() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from('localhost')))))
  const names = der(SEQUENCE, der(plain(2), Buffer.from('localhost')), der(plain(7), Buffer.from([127, 0, 0, 1])))
  const extension = der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, names))
  const body = der(
    SEQUENCE,
    der(field(0), integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    name,
    der(SEQUENCE, time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(field(3), der(SEQUENCE, extension)),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.from([0]), signature))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: pem('CERTIFICATE', certificate) }
}
