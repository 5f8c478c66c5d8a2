import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { blockIdPrefix, joinedFelts, paddedFelt, scopedId } from './ids.ts'
import {
  entityOf,
  gameEvent,
  modelWritten,
  startTestTorii,
  type TestTorii,
  WORLD,
} from './torii.testing.ts'

const ID = { adventurer_id: '0x2a' }

let torii: TestTorii
beforeAll(async () => {
  torii = await startTestTorii(
    { rawEvents: true },
    { sqlLimits: { statementMsMax: 500 }, clock: { nowMs: () => 1_800_000_000_000 } },
  )
  const events = (block: number) => [
    modelWritten('Adventurer', ID, { energy: block, name: '0x41' }),
    gameEvent('AdventurerMoved', ID, { to: `0x${block}` }),
  ]
  await torii.blocks(...[1, 2, 3, 4, 5, 6, 7].map(events))
})
afterAll(() => torii.close())

describe('/sql', () => {
  it('answers the rows of the named tables, as objects by column', async () => {
    const id = scopedId(WORLD, entityOf('Adventurer', ID))
    expect(await torii.rows('SELECT * FROM contracts')).toEqual([
      {
        id: paddedFelt(WORLD),
        contract_address: paddedFelt(WORLD),
        contract_type: 'WORLD',
        head: 7,
        tps: null,
        last_block_timestamp: 1_767_225_607,
        last_pending_block_tx: null,
        updated_at: '2027-01-15 08:00:00',
        created_at: '2027-01-15 08:00:00',
      },
    ])
    const [entity] = await torii.rows('SELECT * FROM entities')
    expect(entity).toEqual({
      id,
      keys: joinedFelts(['0x2a']),
      event_id: expect.stringContaining(blockIdPrefix(7)),
      executed_at: '2026-01-01T00:00:07+00:00',
      created_at: '2027-01-15 08:00:00',
      updated_at: '2027-01-15 08:00:00',
      world_address: paddedFelt(WORLD),
      entity_id: paddedFelt(entityOf('Adventurer', ID)),
    })
    expect(
      await torii.rows(
        'SELECT internal_id, internal_entity_id, energy, name, is_alive FROM [dojo_starter-Adventurer]',
      ),
    ).toEqual([
      { internal_id: id, internal_entity_id: id, energy: 7, name: paddedFelt('0x41'), is_alive: 0 },
    ])
    const owner = 'internal_entity_id, internal_event_message_id'
    expect(await torii.rows(`SELECT ${owner} FROM [dojo_starter-Adventurer]`)).toEqual([
      { internal_entity_id: id, internal_event_message_id: null },
    ])
    expect(
      await torii.rows(`SELECT internal_id, ${owner} FROM [dojo_starter-AdventurerMoved]`),
    ).toEqual([
      { internal_id: `event:${id}`, internal_entity_id: null, internal_event_message_id: id },
    ])
    const columns = await torii.rows<{ name: string }>(
      `SELECT name FROM pragma_table_info('dojo_starter-AdventurerMoved')`,
    )
    expect(columns.map(({ name }) => name)).toEqual([
      'internal_id',
      'internal_event_id',
      'internal_entity_id',
      'internal_event_message_id',
      'adventurer_id',
      'from',
      'to',
      'internal_executed_at',
      'internal_created_at',
      'internal_updated_at',
    ])
  })

  it('supports the backfill recipe: pages by id, the block in the id, no row twice and none missing', async () => {
    type Row = Readonly<{
      id: string
      keys: string
      data: string
      transaction_hash: string
      executed_at: string
    }>
    const seen: Row[] = []
    let after = blockIdPrefix(2)
    for (let page = 0; page < 10; page++) {
      const rows = await torii.rows<Row>(
        `SELECT id, keys, data, transaction_hash, executed_at FROM events WHERE id > '${after}' ORDER BY id LIMIT 5`,
      )
      seen.push(...rows)
      after = rows.at(-1)?.id ?? after
      if (rows.length < 5) break
    }
    expect(seen).toHaveLength(12) // two events in each of the blocks 2 to 7
    const blocks = seen.map(({ id }) => Number(BigInt(id.slice(0, id.indexOf(':')))))
    expect(blocks).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(12)
    expect(seen.map(({ transaction_hash }) => transaction_hash)).toEqual(
      blocks.map((block) => paddedFelt(torii.node.chain.store.transactionHashes(block)[0] as Felt)),
    )
    const counted = await torii.rows(
      `SELECT substr(id, 1, instr(id, ':') - 1) AS block, count(*) AS n FROM events GROUP BY block ORDER BY block LIMIT 2`,
    )
    expect(counted[1]).toEqual({ block: blockIdPrefix(1), n: 2 })
  })

  it('has the tables of Torii that this world leaves empty, and searches the index of texts', async () => {
    for (const table of [
      'metadata',
      'tokens',
      'token_balances',
      'token_transfers',
      'controllers',
      'aggregations',
    ])
      expect(await torii.rows(`SELECT * FROM ${table}`)).toEqual([])
    for (const table of [
      'activities',
      'achievements',
      'achievement_tasks',
      'achievement_progressions',
    ])
      expect(await torii.rows(`SELECT * FROM ${table}`)).toEqual([])
    expect(
      await torii.rows(
        `SELECT * FROM search_index WHERE search_index MATCH 'dragon' ORDER BY rank`,
      ),
    ).toEqual([])
    expect((await torii.sql(`INSERT INTO search_index (primary_text) VALUES ('x')`)).status).toBe(
      400,
    )
  })

  it('is SQLite: json, windows, REGEXP, and values of every kind', async () => {
    expect(
      await torii.rows(
        `SELECT 9007199254740993 AS big, 1.5 AS real, x'00ff' AS blob, NULL AS none, 'é"' AS text,
           json_extract('{"a":[1,2]}', '$.a[1]') AS extracted, 'abc' REGEXP '^a.c$' AS matched,
           row_number() OVER () AS number, 1e999 AS infinite`,
      ),
    ).toEqual([
      {
        big: Number('9007199254740993'),
        real: 1.5,
        blob: 'AP8=',
        none: null,
        text: 'é"',
        extracted: 2,
        matched: 1,
        number: 1,
        infinite: null,
      },
    ])
    expect((await torii.sql('SELECT 9007199254740993 AS big')).body).toBe(
      '[{"big":9007199254740993}]',
    )
    expect(await torii.rows(`SELECT name FROM pragma_table_info('events') LIMIT 2`)).toEqual([
      { name: 'id' },
      { name: 'keys' },
    ])
  })

  it('takes a statement as body, as q or as query, and gives people a page without one', async () => {
    const { url } = torii.torii
    for (const name of ['q', 'query']) {
      const response = await fetch(`${url}/sql?${name}=${encodeURIComponent('SELECT 1 AS one')}`)
      expect(await response.json()).toEqual([{ one: 1 }])
    }
    const page = await fetch(`${url}/sql`)
    expect(page.headers.get('content-type')).toMatch('text/html')
    expect(await page.text()).not.toMatch(/https?:\/\/|src=/)
  })

  it.each([
    ['SELECT 1 AS one; SELECT 2 AS two, NULL AS none;', [{ one: 1 }, { two: 2, none: null }]],
    [`SELECT 'a;b\ud800' AS text; -- nothing follows\n`, [{ text: 'a;b\ufffd' }]],
    ['SELECT 1; '.repeat(100), Array(100).fill({ 1: 1 })],
    ['SELECT 1 AS one WHERE 0', []],
    ['', []],
    [' ; -- nothing', []],
  ])('answers the rows of all statements of %j, one after the other', async (statements, rows) => {
    expect(await torii.rows(statements)).toEqual(rows)
  })

  it.each([
    'SELEC 1',
    'SELECT 1; DELETE FROM events',
    'SELECT 1; SELEC 2',
    'SELECT 1; '.repeat(101),
    'SELECT * FROM nowhere',
    'DELETE FROM events',
    'DROP TABLE models',
    'CREATE TEMP TABLE t (x)',
    `ATTACH DATABASE '/etc/passwd' AS stolen`,
    `VACUUM INTO 'copy.db'`,
    'PRAGMA query_only = OFF',
    'PRAGMA database_list',
    'PRAGMA writable_schema = ON',
    'BEGIN IMMEDIATE',
    `SELECT load_extension('x')`,
    'SELECT randomblob(1000000000)',
    `SELECT 'a' REGEXP '('`,
  ])('refuses %j as a query error, in text', async (statement) => {
    const { status, body } = await torii.sql(statement)
    expect({ status, body }).toEqual({ status: 400, body: expect.stringMatching(/^Query error:/) })
    expect(await torii.rows('SELECT count(*) AS n FROM models')).toEqual([{ n: 78 }])
  })

  it('ends a statement that takes too long, and answers others meanwhile and afterwards', async () => {
    const endless =
      'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
    const slow = torii.sql(endless)
    expect(await torii.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect((await slow).status).toBe(504)
    const [first, second, third] = await Promise.all(
      [endless, endless, 'SELECT 2 AS two'].map(torii.sql),
    )
    expect([first?.status, second?.status, third]).toEqual([
      504,
      504,
      { status: 200, body: '[{"two":2}]' },
    ])
  })

  it('ends a result that grows without end', async () => {
    const endless = `WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT hex(zeroblob(500000)) AS x FROM c`
    const { status, body } = await torii.sql(endless)
    expect([400, 504]).toContain(status)
    expect(body.length).toBeLessThan(100)
  })

  it('ends with its clients: sixty that leave statements without end behind hold up nobody', async () => {
    // Only a fault lets one of them reach its limit.
    const patient = await startTestTorii(
      {},
      { sqlLimits: { statementMsMax: 600_000, waitMsMax: 600_000 } },
    )
    const leaving = new AbortController()
    const endless =
      'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
    const asked = Array.from({ length: 60 }, () =>
      fetch(`${patient.torii.url}/sql`, { method: 'POST', body: endless, signal: leaving.signal }),
    )
    const refused = await Promise.race(asked)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    leaving.abort()
    await Promise.allSettled(asked)
    let answer = await patient.sql('SELECT 1 AS one')
    while (answer.status === 503) answer = await patient.sql('SELECT 1 AS one')
    expect(answer).toEqual({ status: 200, body: '[{"one":1}]' })
    await patient.close()
  })

  it('is forbidden when it is switched off', async () => {
    const off = await startTestTorii({ sql: false })
    expect((await off.sql('SELECT 1')).status).toBe(403)
    await off.close()
  })
})
