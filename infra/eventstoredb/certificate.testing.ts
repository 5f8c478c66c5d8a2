/**
 * Certificates for tests: self-signed, for 127.0.0.1, made when they are needed, so that none can
 * expire in the tree.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

export type TestCertificate = Readonly<{ certificatePem: string; keyPem: string }>

const DAY_MS = 86_400_000

/** Valid for a day before and after now; it is its own authority. */
export const createTestCertificate = (name: string): TestCertificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = sequence(set(sequence(oid(COMMON_NAME), der(UTF8_STRING, Buffer.from(name)))))
  const signedWith = sequence(oid(ECDSA_WITH_SHA256))
  const isAuthority = sequence(
    oid(BASIC_CONSTRAINTS),
    octets(sequence(der(BOOLEAN, Buffer.from([0xff])))),
  )
  const isLoopback = sequence(
    oid(ALTERNATIVE_NAME),
    octets(sequence(der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])))),
  )
  const body = sequence(
    der(EXPLICIT_0, integer(2)), // version 3
    integer(1),
    signedWith,
    subject, // as its issuer
    sequence(utcTime(Date.now() - DAY_MS), utcTime(Date.now() + DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXPLICIT_3, sequence(isAuthority, isLoopback)),
  )
  const signature = der(
    BIT_STRING,
    Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]),
  )
  const lines = sequence(body, signedWith, signature)
    .toString('base64')
    .replaceAll(/.{64}/g, '$&\n')
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** DER's tags, and the object identifiers that a certificate needs, already encoded. */
const [BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, UTF8_STRING, UTC_TIME] = [
  1, 2, 3, 4, 6, 12, 23,
]
const [SEQUENCE, SET, EXPLICIT_0, EXPLICIT_3, IP_ADDRESS] = [0x30, 0x31, 0xa0, 0xa3, 0x87]
const COMMON_NAME = '550403'
const BASIC_CONSTRAINTS = '551d13'
const ALTERNATIVE_NAME = '551d11'
const ECDSA_WITH_SHA256 = '2a8648ce3d040302'

const der = (tag: number, content: Buffer): Buffer => {
  const { length } = content
  const lengthBytes =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(SEQUENCE, Buffer.concat(parts))
const set = (...parts: readonly Buffer[]): Buffer => der(SET, Buffer.concat(parts))
const octets = (content: Buffer): Buffer => der(OCTET_STRING, content)
const integer = (value: number): Buffer => der(INTEGER, Buffer.from([value]))
const oid = (hex: string): Buffer => der(OBJECT_ID, Buffer.from(hex, 'hex'))
/** YYMMDDhhmmssZ. */
const utcTime = (atMs: number): Buffer =>
  der(
    UTC_TIME,
    Buffer.from(`${new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`),
  )
