import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { Client, type PoolConfig } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../postgres/database.testing.ts'
import { createWireServer, type WireServerOptions } from './wire-server.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase('pglite')
  await db.pool.query('CREATE TABLE marks (mark text)')
})
afterAll(() => db.close())

const opened = async (changes: PoolConfig = {}): Promise<Client> => {
  const client = new Client({ ...db.connection, ...changes })
  client.on('error', () => undefined) // connections are cut on purpose here
  await client.connect()
  return client
}

/** Ends the connection without a word, as a crash does. */
const cut = (client: Client): void => {
  // The driver's own socket; its types leave it out.
  ;(
    client as unknown as { connection: { stream: { destroy: () => void } } }
  ).connection.stream.destroy()
}

it('answers each of many clients with its own rows, also when parameters come in several chunks', async () => {
  const ask = async (client: number): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      const filler = client % 2 === 0 ? 'x'.repeat(300_000) : ''
      const { rows } = await db.pool.query(
        `SELECT $1::int AS round, 'client ${client}' AS client, length($2) AS length`,
        [round, filler],
      )
      expect(rows).toEqual([{ round, client: `client ${client}`, length: filler.length }])
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(ask))
})

it('lets nobody into a transaction of another client, and holds the others until it ends', async () => {
  const [one, two] = [await opened(), await opened()]
  await one.query('BEGIN')
  await one.query(`INSERT INTO marks VALUES ('open')`)
  let isAnswered = false
  const count = two
    .query(`SELECT count(*)::int AS count FROM marks WHERE mark = 'open'`)
    .then(({ rows }) => {
      isAnswered = true
      return rows
    })
  await one.query('SELECT 1')
  expect(isAnswered).toBe(false)
  await one.query('ROLLBACK')
  expect(await count).toEqual([{ count: 0 }])
  await Promise.all([one.end(), two.end()])
})

it('rolls back when a client dies inside a transaction, also in a failed one, and goes on with the others', async () => {
  for (const statement of [`INSERT INTO marks VALUES ('dead')`, 'SELECT 1 / 0']) {
    const client = await opened()
    await client.query('BEGIN')
    await Promise.allSettled([client.query(statement)])
    cut(client)
    expect((await db.pool.query(`SELECT * FROM marks WHERE mark = 'dead'`)).rows).toEqual([])
  }
})

it('survives clients that leave in the middle of an answer or a message', async () => {
  for (let round = 0; round < 5; round += 1) {
    const client = await opened()
    const answers = Promise.allSettled([
      client.query('SELECT repeat($1, 5000000)', ['x']),
      client.query('SELECT length($1)', ['x'.repeat(3_000_000)]),
    ])
    await new Promise(setImmediate)
    cut(client)
    await answers
  }
  expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

it('reports errors with their code and keeps the connection usable', async () => {
  const client = await opened()
  await expect(client.query('SELEKT')).rejects.toMatchObject({ code: '42601' })
  await expect(client.query('SELECT $1::int', ['no number'])).rejects.toMatchObject({
    code: '22P02',
  })
  expect((await client.query('SELECT $1::int AS one', [1])).rows).toEqual([{ one: 1 }])
  await client.end()
})

it('gives the next query of a client its rows when the one before it failed', async () => {
  const client = await opened()
  for (let round = 0; round < 20; round += 1) {
    const failing = client.query('SELECT $1::int', ['no number'])
    const next = client.query('SELECT $1::int AS round', [round])
    await expect(failing).rejects.toMatchObject({ code: '22P02' })
    expect((await next).rows).toEqual([{ round }])
  }
  await client.end()
})

it('refuses a wrong password', async () => {
  await expect(opened({ password: 'guess' })).rejects.toMatchObject({ code: '28P01' })
})

it('carries twenty megabytes in and out', async () => {
  const { rows } = await db.pool.query('SELECT $1::text AS text', ['y'.repeat(20_000_000)])
  expect(rows[0].text.length).toBe(20_000_000)
})

it('hangs up on clients that do not speak the protocol', async () => {
  const path = `${db.connection.host}/.s.PGSQL.5432`
  const hostile = [
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.alloc(64),
    Buffer.alloc(64, 0xff),
    Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 1]), // a cancel request
    // No password.
    Buffer.concat([Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]), Buffer.from('Q\0\0\0\x0dSELECT 1\0')]),
  ]
  for (const bytes of hostile) {
    const socket = connect(path)
    socket.on('error', () => undefined)
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    socket.on('close', () => resolve()).resume()
    socket.write(bytes)
    await closed
  }
  expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

/** A database that answers every unit with ReadyForQuery and notes what it was sent. */
const withFake = async (
  changes: Partial<WireServerOptions>,
  use: (client: Client, sent: readonly string[]) => Promise<void>,
): Promise<void> => {
  const sent: string[] = []
  const server = createWireServer({
    db: {
      execProtocolRawStream: async (bytes, { onRawData }) => {
        sent.push(Buffer.from(bytes).toString('latin1'))
        onRawData(
          sent.length === 1
            ? Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I')
            : Buffer.from('C\0\0\0\x06B\0Z\0\0\0\x05T'),
        )
      },
      isInTransaction: () => sent.at(-1)?.includes('BEGIN') ?? false,
    },
    password: 'secret',
    onFailure: (error) => {
      throw error
    },
    ...changes,
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password: 'secret' })
  client.on('error', () => undefined)
  await client.connect()
  await use(client, sent)
  server.close()
}

it('takes the session back from a client that holds a transaction and says nothing', async () => {
  await withFake({ transactionIdleMsMax: 20 }, async (client, sent) => {
    const { promise: end, resolve } = Promise.withResolvers<void>()
    client.on('end', () => resolve())
    await client.query('BEGIN')
    await end
    await expect.poll(() => sent.at(-1)).toContain('ROLLBACK')
  })
})

it('reports a database that died, and uses it no more', async () => {
  const { promise: failure, resolve } = Promise.withResolvers<Error>()
  const isInTransaction = (): boolean => {
    throw new Error('memory access out of bounds')
  }
  const dying = { execProtocolRawStream: async () => undefined, isInTransaction }
  const server = createWireServer({ db: dying, password: 'secret', onFailure: resolve }).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password: 'secret' })
  const connection = client.connect()
  expect((await failure).message).toBe('memory access out of bounds')
  cut(client)
  await expect(connection).rejects.toThrow()
  server.close()
})
