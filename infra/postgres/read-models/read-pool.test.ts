import { sql } from 'kysely'
import type { Pool } from 'pg'
import { expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import { createReadPool } from './read-pool.ts'

it('refuses reads once it is being closed, without reaching for the pool', async () => {
  let connections = 0
  const client = { query: async () => ({ rows: [] }), release: () => {} }
  const pool = {
    connect: async () => {
      connections += 1
      return client
    },
  } as unknown as Pool // nothing else of it is called
  const closing = new AbortController()
  const { database } = createReadPool(pool, { prefix: 'rm', world: 1 }, [], closing.signal)
  const read = () => sql`SELECT 1`.execute(database(null).db)
  await read()
  expect(connections).toBe(1)
  closing.abort()
  await expect(read()).rejects.toThrow(RetryableError)
  await expect(read()).rejects.toThrow('being closed')
  expect(connections).toBe(1)
})
