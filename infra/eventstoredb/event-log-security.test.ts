/**
 * The EventStoreDB log over TLS, with credentials and certificates from its URL. Observed on the
 * double only.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerCredentials } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import {
  allEvents,
  asGiven,
  freshStream,
  someEvents,
} from '../../domain/event-log/event-log.testing.ts'
import { createTestCertificate, type TestCertificate } from './certificate.testing.ts'
import { type EventStoreDouble, startEventStoreDouble } from './double.testing.ts'
import { createEventStoreLog } from './event-log.ts'
import { neverAborted } from './faults.testing.ts'

const PASSWORD = 's:e/c?r@e%t #ü"'
const AUTHORIZATION = `Basic ${Buffer.from(`operator:${PASSWORD}`).toString('base64')}`

let folder: string
let double: EventStoreDouble
let doubleWithCertificates: EventStoreDouble

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const credentialsOf = (own: TestCertificate, client: TestCertificate | null): ServerCredentials =>
  ServerCredentials.createSsl(
    client === null ? null : Buffer.from(client.certificatePem),
    [{ private_key: Buffer.from(own.keyPem), cert_chain: Buffer.from(own.certificatePem) }],
    client !== null,
  )

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chx-tls-'))
  const [server, client, other] = ['server', 'client', 'other'].map(createTestCertificate) as [
    TestCertificate,
    TestCertificate,
    TestCertificate,
  ]
  fileOf('server.pem', server.certificatePem)
  fileOf('other.pem', other.certificatePem)
  fileOf('client.pem', client.certificatePem)
  fileOf('client.key', client.keyPem)
  fileOf('broken.pem', '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n')
  double = await startEventStoreDouble('24.2.0', {
    credentials: credentialsOf(server, null),
    isAllowed: (authorization) => authorization === AUTHORIZATION,
  })
  doubleWithCertificates = await startEventStoreDouble('24.2.0', {
    credentials: credentialsOf(server, client),
    isAllowed: () => true,
  })
})
afterAll(async () => {
  await double.close()
  await doubleWithCertificates.close()
  rmSync(folder, { recursive: true, force: true })
})

const urlOf = (
  { network }: EventStoreDouble,
  user: string,
  authority: string,
  more: Readonly<Record<string, string>> = {},
): string => {
  const files = Object.entries(more).map(
    ([option, name]) => `&${option}=${encodeURIComponent(join(folder, name))}`,
  )
  const options = `tls=true&tlsCAFile=${encodeURIComponent(join(folder, authority))}${files.join('')}`
  return `esdb://${user}127.0.0.1:${network.port}?${options}`
}
const userOf = (password: string): string => `operator:${encodeURIComponent(password)}@`

it('appends, reads and follows over TLS as the user of its URL', async () => {
  const log = createEventStoreLog(urlOf(double, userOf(PASSWORD), 'server.pem'))
  const stream = freshStream()
  const events = someEvents(3)
  expect(await log.append(stream, 'no-stream', events)).toMatchObject({
    kind: 'appended',
    lastRevision: 2,
  })
  expect(asGiven(await allEvents(log.readStream(stream)))).toEqual(events)
  for await (const message of log.subscribe(stream, -1, neverAborted))
    if (message.kind === 'caughtUp') break
  await log.close()
})

it.each([
  ['a wrong password', userOf('guess-me-not'), /UNAUTHENTICATED/],
  ['no user', '', /UNAUTHENTICATED/],
])('gives up at once with %s, and tells no password', async (_, user, reason) => {
  const log = createEventStoreLog(urlOf(double, user, 'server.pem'))
  const calls = [
    () => log.head('a-1'),
    () => log.append('a-1', 'no-stream', someEvents(1)),
    () => log.logHead(),
  ]
  for (const call of calls) {
    const error: unknown = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FatalError)
    expect(String(error)).toMatch(reason)
    expect(textOf(error)).not.toMatch(/guess-me-not|Basic /)
  }
  await log.close()
})

it('trusts no server but the one that its authority has signed', async () => {
  const log = createEventStoreLog(urlOf(double, userOf(PASSWORD), 'other.pem'))
  const error: unknown = await log.head('a-1').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RetryableError)
  expect(String(error)).toContain('certificate')
  expect(textOf(error)).not.toContain(PASSWORD)
  await log.close()
})

it('shows its own certificate to a server that asks for one', async () => {
  const own = { userCertFile: 'client.pem', userKeyFile: 'client.key' }
  const log = createEventStoreLog(urlOf(doubleWithCertificates, '', 'server.pem', own))
  expect(await log.append(freshStream(), 'no-stream', someEvents(1))).toMatchObject({
    kind: 'appended',
  })
  await log.close()
  const without = createEventStoreLog(urlOf(doubleWithCertificates, '', 'server.pem'))
  await expect(without.head('a-1')).rejects.toThrow(RetryableError)
  await without.close()
})

it('says which file holds no certificate, before it connects', () => {
  expect(() => createEventStoreLog(urlOf(double, '', 'broken.pem'))).toThrow(/tlsCAFile/)
  const noKey = { userCertFile: 'client.pem', userKeyFile: 'client.pem' }
  expect(() => createEventStoreLog(urlOf(double, '', 'server.pem', noKey))).toThrow(/userKeyFile/)
})

/** All that an error would show in a log, its causes among it. */
const textOf = (error: unknown): string => {
  const parts: string[] = []
  for (let at = error; at instanceof Error; at = at.cause)
    parts.push(String(at), at.stack ?? '', JSON.stringify(at))
  return parts.join('\n')
}
