import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { createSqlRunner, type SqlRunner } from './sql-runner.ts'

const ENDLESS =
  'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
const ONE = { rows: '[{"one":1}]' }
/** Only a fault lets a statement of these tests run or wait so long. */
const FAULT_MS = 300_000

let folder: string
let runner: SqlRunner
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronohex-sql-'))
  const file = path.join(folder, 'index.db')
  new DatabaseSync(file).close()
  runner = createSqlRunner(file, { statementMsMax: FAULT_MS, waitMsMax: FAULT_MS })
})
afterEach(async () => {
  await runner.close()
  rmSync(folder, { recursive: true })
})

/** A statement without end, of a client that can leave. */
const endless = () => {
  const client = new AbortController()
  return { outcome: runner.run(ENDLESS, client.signal), leave: () => client.abort() }
}

test('statements end with their clients, those that run and those that wait', async () => {
  const clients = Array.from({ length: 18 }, endless)
  expect(await runner.run('SELECT 1 AS one', NEVER)).toBe('busy')
  for (const { leave } of clients) leave()
  expect(await Promise.all(clients.map(({ outcome }) => outcome))).toEqual(
    clients.map(() => 'gone'),
  )
  expect(await runner.run('SELECT 1 AS one', NEVER)).toEqual(ONE)
})

test('a statement is not begun for a client that has left already', async () => {
  expect(await runner.run(ENDLESS, AbortSignal.abort())).toBe('gone')
  const [one, other] = [endless(), endless()]
  one.leave()
  expect(await runner.run('SELECT 1 AS one', NEVER)).toEqual(ONE)
  other.leave()
})

test('a statement waits for its turn only so long', async () => {
  const file = path.join(folder, 'index.db')
  const hurried = createSqlRunner(file, { statementMsMax: FAULT_MS, waitMsMax: 50 })
  const running = [hurried.run(ENDLESS, NEVER), hurried.run(ENDLESS, NEVER)]
  expect(await hurried.run('SELECT 1 AS one', NEVER)).toBe('busy')
  await hurried.close()
  for (const outcome of await Promise.all(running)) expect(outcome).toHaveProperty('error')
})
