import { expect, it } from 'vitest'
import { readableFailure } from './readable-failure.ts'

const NOTHING = { code: null, type: null }

it.each([
  [
    '14 UNAVAILABLE: No connection established. Last error: null. Resolution note: ',
    'no connection',
  ],
  [
    '14 UNAVAILABLE: No connection established. Last error: null. Resolution note: none',
    'no connection (none)',
  ],
  [
    '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113. Resolution note: ',
    'no connection (connect ECONNREFUSED 127.0.0.1:2113)',
  ],
  [
    '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113.',
    'no connection (connect ECONNREFUSED 127.0.0.1:2113)',
  ],
  ['14 UNAVAILABLE: No connection established.', 'no connection'],
  ['14 UNAVAILABLE: Connection dropped', 'the connection was lost'],
  ['14 UNAVAILABLE: read ECONNRESET', 'the connection was lost (read ECONNRESET)'],
  [
    '13 INTERNAL: Received RST_STREAM with code 0 (Call ended without gRPC status)',
    'the server ended the call before it was answered',
  ],
  ['4 DEADLINE_EXCEEDED: Deadline exceeded', 'no answer in time'],
  ['2 UNKNOWN: Exception was thrown by handler.', 'the server failed and gave no reason'],
  ['14 UNAVAILABLE: Server Is Not Ready', 'Server Is Not Ready'],
  [
    'Failed to discover after 3 attempts.',
    'no member of the cluster answers (Failed to discover after 3 attempts)',
  ],
])('%s: %s', (message, text) => {
  expect(readableFailure(message, NOTHING)).toBe(text)
})

it('names what comes without a word by its kind', () => {
  expect(readableFailure('', { code: null, type: 'deadline-exceeded' })).toBe('no answer in time')
  expect(readableFailure('', { code: null, type: 'unknown' })).toBe('unknown')
  expect(readableFailure('', { code: 5, type: null })).toBe('code 5')
})

it('says whose fault a refusal is, with the word that documents know', () => {
  const refused = { code: 16, type: 'access-denied' }
  expect(readableFailure('16 UNAUTHENTICATED: Unauthenticated', refused)).toBe(
    "the server does not accept the URL's user and password (UNAUTHENTICATED)",
  )
  const denied = { code: 7, type: 'access-denied' }
  expect(readableFailure('7 PERMISSION_DENIED: Access Denied', denied)).toContain(
    'PERMISSION_DENIED: Access Denied',
  )
})
