import { expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import {
  AppendTooLarge,
  CutAsTooSlow,
  classifiedEventStoreError,
  isLostConnection,
  NoSuchPosition,
} from './client-errors.ts'

const failure = (message: string, signs: Readonly<{ code?: number; type?: string }> = {}): Error =>
  Object.assign(new Error(message), signs)

/** Messages as they were observed. */
const REFUSED =
  '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113.'

it.each([
  ['a server that is down, as an append meets it', failure(REFUSED, { code: 14 })],
  [
    'a server that is down, as a read meets it',
    failure(REFUSED, { code: 14, type: 'unavailable' }),
  ],
  [
    'a server that was killed',
    failure('14 UNAVAILABLE: Connection dropped', { code: 14, type: 'unavailable' }),
  ],
  [
    'a server that shuts down',
    failure('13 INTERNAL: Received RST_STREAM with code 0', { code: 13, type: 'unknown' }),
  ],
  ['a deadline without a code or a word', failure('', { type: 'deadline-exceeded' })],
  [
    'a deadline',
    failure('4 DEADLINE_EXCEEDED: Deadline exceeded', { code: 4, type: 'deadline-exceeded' }),
  ],
  [
    'a server that timed out',
    failure('10 ABORTED: Operation timed out', { code: 10, type: 'timeout' }),
  ],
  ['a discovery that found nobody', failure('Failed to discover after 3 attempts.')],
  [
    'a cluster without a leader',
    failure('2 UNKNOWN: No leader info available in response', { code: 2, type: 'unknown' }),
  ],
  [
    'another leader',
    failure('5 NOT_FOUND: Leader info available', { code: 5, type: 'not-leader' }),
  ],
  [
    'a busy server',
    failure('8 RESOURCE_EXHAUSTED: Bandwidth exhausted', { code: 8, type: 'unknown' }),
  ],
  ['a stream that ended early', failure('Premature close')],
])('calls %s retryable', (_, error) => {
  const classified = classifiedEventStoreError(error, 'Reading s')
  expect(classified).toBeInstanceOf(RetryableError)
  expect(classified.cause).toBe(error)
  expect(classified.message).toMatch(/^Reading s: ./)
})

it.each([
  [
    'a request that cannot be written',
    failure('13 INTERNAL: Request message serialization failure', { code: 13 }),
  ],
  [
    'missing rights',
    failure('7 PERMISSION_DENIED: Access Denied', { code: 7, type: 'access-denied' }),
  ],
  ['wrong credentials', failure('16 UNAUTHENTICATED', { code: 16, type: 'access-denied' })],
  [
    'a stream that was deleted',
    failure("9 FAILED_PRECONDITION: Event stream 's' is deleted.", {
      code: 9,
      type: 'stream-deleted',
    }),
  ],
  ['a bug', new TypeError('x is not a function')],
  ['what is no error', 'oops'],
])('calls %s fatal', (_, error) => {
  expect(classifiedEventStoreError(error, 'Reading s')).toBeInstanceOf(FatalError)
})

it('knows what its callers tell apart', () => {
  const slow = failure(
    '10 ABORTED: Operation timed out: Consumer too slow to handle event while live.',
    { code: 10 },
  )
  expect(classifiedEventStoreError(slow, '')).toBeInstanceOf(CutAsTooSlow)
  const large = failure('', { type: 'maximum-append-size-exceeded' })
  expect(classifiedEventStoreError(large, '')).toBeInstanceOf(AppendTooLarge)
  const message = failure('8 RESOURCE_EXHAUSTED: Received message exceeds the maximum', {
    code: 8,
    type: 'unknown',
  })
  expect(classifiedEventStoreError(message, '')).toBeInstanceOf(AppendTooLarge)
  const between = failure('3 INVALID_ARGUMENT: Trying to read from an invalid position.', {
    code: 3,
  })
  expect(classifiedEventStoreError(between, '')).toBeInstanceOf(NoSuchPosition)
  const unexpected = failure('2 UNKNOWN: Exception was thrown by handler.', { code: 2 })
  expect(classifiedEventStoreError(unexpected, '')).toBeInstanceOf(NoSuchPosition)
})

it('leaves what is classified as it is', () => {
  const error = new RetryableError('already')
  expect(classifiedEventStoreError(error, 'Reading')).toBe(error)
})

it('takes another way only when this one is lost', () => {
  expect(isLostConnection(failure(REFUSED, { code: 14 }))).toBe(true)
  expect(isLostConnection(failure('', { type: 'not-leader' }))).toBe(true)
  expect(isLostConnection(failure('Failed to discover after 3 attempts.'))).toBe(true)
  expect(isLostConnection(failure('', { type: 'deadline-exceeded' }))).toBe(false)
})
