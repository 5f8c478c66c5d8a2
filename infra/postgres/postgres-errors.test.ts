import { DatabaseError } from 'pg'
import { expect, it } from 'vitest'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { classifiedPostgresError, FENCED_SQLSTATE, Fenced } from './postgres-errors.ts'

const serverError = (code: string): DatabaseError =>
  Object.assign(new DatabaseError('refused', 7, 'error'), { code })
const systemError = (code: string): Error => Object.assign(new Error('failed'), { code })

it.each([
  ['a deadlock', serverError('40P01')],
  ['a serialisation failure', serverError('40001')],
  ['too many connections', serverError('53300')],
  ['a full disk', serverError('53100')],
  ['a server that shuts down', serverError('57P01')],
  ['a server that starts', serverError('57P03')],
  ['a statement that took too long', serverError('57014')],
  ['a lock that was not to be had', serverError('55P03')],
  ['a standby that is not yet the primary', serverError('25006')],
  ['a refused connection', systemError('ECONNREFUSED')],
  ['a reset connection', systemError('ECONNRESET')],
  ['a socket that is not there yet', systemError('ENOENT')],
  ['a connection that ended', new Error('Connection terminated unexpectedly')],
  ['a pool that waited too long', new Error('timeout exceeded when trying to connect')],
])('says that %s may pass', (_, error) => {
  const classified = classifiedPostgresError(error, 'Reading')
  expect(classified).toBeInstanceOf(RetryableError)
  expect(classified.cause).toBe(error)
  expect(classified.message).toContain('Reading')
})

it.each([
  ['a syntax error', serverError('42601')],
  ['a missing table', serverError('42P01')],
  ['a wrong password', serverError('28P01')],
  ['a missing database', serverError('3D000')],
  ['a broken unique key', serverError('23505')],
  ['an unknown system error', systemError('EUNKNOWN')],
  ['a bug', new TypeError('x is not a function')],
  ['a text that was thrown', 'oops'],
])('says that %s will not', (_, error) => {
  expect(classifiedPostgresError(error, 'Reading')).toBeInstanceOf(FatalError)
})

it('knows a replaced writer, and leaves what is already classified alone', () => {
  expect(classifiedPostgresError(serverError(FENCED_SQLSTATE), 'Appending')).toBeInstanceOf(Fenced)
  const known = new RetryableError('later')
  expect(classifiedPostgresError(known, 'Appending')).toBe(known)
})
