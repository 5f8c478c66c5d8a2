/**
 * What readers cost the world: how long a block takes to its read models, at 200 events a second,
 * without clients and with fifty who ask for the dearest that one operation may (a disc of radius 64
 * with every part, now or at a past block). The system is kept to one core and the clients to
 * another, where there are two and `taskset`.
 *
 * `npm run bench -- readers [--url postgres://…] [--events 100000] [--blocks 120] [--clients 50]`.
 * On the embedded database, or on the server of the URL, whose database gets schemas and keeps them:
 * give an empty one.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FatalError } from '../../../domain/errors.ts'
import { pause } from '../../../domain/waiting/pause.ts'
import { markdownTable, quantile } from './measuring.testing.ts'
import type { Settings, Told } from './watched-system.testing.ts'

const SYSTEM = fileURLToPath(new URL('./watched-system.testing.ts', import.meta.url))
const EVENTS_PER_SECOND = 200

export const measure = async (options: readonly string[]): Promise<string> => {
  const { values } = parseArgs({
    args: [...options],
    options: {
      url: { type: 'string' },
      events: { type: 'string', default: '100000' },
      blocks: { type: 'string', default: '120' },
      clients: { type: 'string', default: '50' },
    },
  })
  const cores = pinned()
  const load = { blocks: Number(values.blocks), clients: Number(values.clients), cores }
  const settings = { eventsBefore: Number(values.events), eventsPerSecond: EVENTS_PER_SECOND }
  const rows =
    values.url === undefined
      ? await measureEmbedded(settings, load)
      : await measureSystem('PostgreSQL', { ...settings, folder: null, url: values.url }, load)
  const where = cores === null ? 'not kept apart' : 'system and clients on a core each'
  return `${values.events} events before, ${EVENTS_PER_SECOND} events/s, ${where}\n\n${markdownTable(
    ['database', 'clients', 'block → read model p50', 'p95', 'latest', 'answers', 'refused (503)'],
    rows,
  )}`
}

const measureEmbedded = async (
  settings: Pick<Settings, 'eventsBefore' | 'eventsPerSecond'>,
  load: Load,
): Promise<(readonly string[])[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'chronohex-bench-'))
  try {
    return await measureSystem('PGlite', { ...settings, folder, url: null }, load)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Load = Readonly<{ blocks: number; clients: number; cores: readonly [string, string] | null }>

/** Keeps this process, with the clients, to the second core; null where that cannot be. */
const pinned = (): readonly [string, string] | null => {
  try {
    execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' })
    return ['0', '1']
  } catch {
    return null // no such tool, or one core: the numbers are then of what there is
  }
}

const measureSystem = async (
  name: string,
  settings: Settings,
  { blocks, clients, cores }: Load,
): Promise<(readonly string[])[]> => {
  const command = [process.execPath, SYSTEM, JSON.stringify(settings)]
  const [program = '', ...args] = cores === null ? command : ['taskset', '-c', cores[0], ...command]
  const system = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = once(system, 'exit').then((): never => {
    throw new FatalError('The system ended by itself')
  })
  ended.catch(() => {}) // it is awaited beside each message
  const told = async (): Promise<Told> => (await Promise.race([once(system, 'message'), ended]))[0]
  const latencies = async (): Promise<readonly number[]> => {
    const answer = told()
    system.send({ blocks })
    const result = await answer
    if (!('latenciesMs' in result) || result.failure !== null)
      throw new FatalError(`The system failed: ${JSON.stringify(result)}`)
    return result.latenciesMs
  }
  try {
    const ready = await told()
    if (!('url' in ready)) throw new FatalError('The system did not say where it is')
    await latencies() // warms up
    const alone = await latencies()
    const stop = new AbortController()
    const counts = { answers: 0, refused: 0, others: 0 }
    const asking = Array.from({ length: clients }, (_, at) =>
      askOn(ready.url, QUERIES[at % QUERIES.length] ?? '', { counts, signal: stop.signal }),
    )
    const together = await latencies()
    stop.abort()
    await Promise.all(asking)
    if (counts.others > 0) throw new FatalError(`${counts.others} answers were wrong`)
    return [
      row(name, 0, alone, ['', '']),
      row(name, clients, together, [String(counts.answers), String(counts.refused)]),
    ]
  } finally {
    system.kill()
    await Promise.allSettled([ended])
  }
}

const row = (
  name: string,
  clients: number,
  latenciesMs: readonly number[],
  counts: readonly string[],
): readonly string[] => [
  name,
  String(clients),
  ...[quantile(latenciesMs), quantile(latenciesMs, 0.95), Math.max(...latenciesMs)].map(
    (ms) => `${ms.toFixed(1)} ms`,
  ),
  ...counts,
]

const HEX = `coordinate { q r packed h3 } biome isDiscovered discoveryBlock discoverer areaCount
  areas { id type size isDiscovered ownerId harvesterIds
    plants { key species currentYield maxYield health itemId } }
  decay { ownerId energyReserve level projectedLevel lastProcessedBlock }
  claim { id claimantId energyLocked expiryBlock minimumDefenceEnergy }
  adventurers { id name energy effectiveEnergy isAlive economics { lastRegenBlock }
    inventory { weight items { id quantity } } reservations { plantKey } }`

const queryAt = (at: string): string =>
  `{ hexesInRadius(center: { q: 0, r: 14 }, radius: 64${at}) { ${HEX} } }`

/** Half of the clients ask for now, half for the past. */
const QUERIES = [queryAt(''), queryAt(', at: { block: 300 }')]

type Counts = { answers: number; refused: number; others: number }

/** Asks again and again, and reads every answer to its end. */
const askOn = async (
  url: string,
  query: string,
  { counts, signal }: Readonly<{ counts: Counts; signal: AbortSignal }>,
): Promise<void> => {
  while (!signal.aborted) {
    const answer = await ask(url, query)
    counts[answer] += 1
    if (answer !== 'answers') await pause(1_000, signal)
  }
}

const ask = async (url: string, query: string): Promise<keyof Counts> => {
  const asked = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
  asked.end(JSON.stringify({ query }))
  const [response] = await once(asked, 'response')
  let beginning = ''
  response.on('data', (chunk: Buffer) => {
    if (beginning.length < 100) beginning += chunk.toString()
  })
  await once(response, 'end')
  if (response.statusCode === 503) return 'refused'
  return response.statusCode === 200 && !beginning.includes('"errors"') ? 'answers' : 'others'
}
