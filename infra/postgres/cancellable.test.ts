import { afterAll, beforeAll, expect, it } from 'vitest'
import { cancellable } from './cancellable.ts'
import { describeOnEachDatabase, type TestDatabase, testDatabase } from './database.testing.ts'

describeOnEachDatabase('a statement whose asker goes', (kind) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase(kind)
  })
  afterAll(() => database.close())

  it.runIf(kind === 'postgres')(
    'ends on the server, and leaves its connection usable',
    async () => {
      const { pool } = database
      const client = await pool.connect()
      const gone = new AbortController()
      const statement = cancellable({ pool, client, signal: gone.signal }, () =>
        client.query('SELECT pg_sleep(100000) AS endless'),
      )
      const running = async (): Promise<number> =>
        (
          await pool.query(
            `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%AS endless' AND state = 'active'`,
          )
        ).rows.length
      await expect.poll(running).toBe(1)
      gone.abort(new Error('the asker has gone'))
      await expect(statement).rejects.toThrow('the asker has gone')
      expect(await running()).toBe(0)
      expect((await client.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }])
      client.release()
    },
  )

  it('gives its answer when nobody goes, and its own error', async () => {
    const { pool } = database
    const client = await pool.connect()
    const signal = new AbortController().signal
    const ask = (text: string) => cancellable({ pool, client, signal }, () => client.query(text))
    expect((await ask('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }])
    await expect(ask('SELECT 1 / 0')).rejects.toThrow('division by zero')
    client.release()
  })
})
