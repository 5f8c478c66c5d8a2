/**
 * Everything that can be asked of a world of random facts, at every point of its history: two
 * implementations of the reads answer the same.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { AtInput, ReadPoint } from '../../reads/points.ts'
import { ADVENTURER } from './adventurers/tables.ts'
import { ADVENTURER_PARTS } from './adventurers/view.ts'
import type { EventFilter } from './events/queries.ts'
import { HEX } from './hexes/tables.ts'
import { RATE } from './market/tables.ts'
import { TEST_HEXES } from './world-blocks.testing.ts'
import { ALL_PARTS } from './world-reads.testing.ts'
import type { WorldReads } from './world-reads.ts'

/** Some that random facts name, and one that none does. */
const IDS: readonly Felt[] = ['0x1', '0x2a', '0x3b9aca07', '0x9']
const SUBJECTS = [HEX, ADVENTURER, RATE]
const FILTERS: readonly EventFilter[] = [
  {},
  { types: ['AdventurerMoved', 'HexDiscovered', 'HexEnergyPaid', 'ItemsConverted'] },
  { hex: TEST_HEXES[1] ?? '0x0' },
  { adventurer: '0x1' },
]
const EVERY_PART = new Set(ADVENTURER_PARTS)

/** Answers by their questions, in the order in which they were asked. */
export type Answers = Readonly<Record<string, unknown>>

export const answersOf = async (reads: WorldReads): Promise<Answers> => {
  const meta = await reads.meta()
  const [points, resolved] = await pointsOf(reads, meta.position ?? -1)
  const answers: Record<string, unknown> = { meta, ...resolved, ...(await listsOf(reads)) }
  for (const [name, point] of points)
    Object.assign(answers, await answersAt(reads, `at ${name}`, point))
  for (let after = -1; after <= (meta.position ?? -1); after += 1)
    Object.assign(answers, await answersAfter(reads, after))
  return answers
}

/** Every point by one of its names, and what each name resolves to. */
const pointsOf = async (
  reads: WorldReads,
  last: number,
): Promise<readonly [ReadonlyMap<string, ReadPoint>, Answers]> => {
  const points = new Map<string, ReadPoint>()
  const resolved: Record<string, unknown> = {}
  const ask = async (name: string, at?: AtInput): Promise<void> => {
    const point = await reads.resolve(at)
    resolved[`resolve ${name}`] = 'rejected' in point ? point.rejected : point
    if (!('rejected' in point)) points.set(`${point.position}/${point.block}`, point)
  }
  await ask('the head')
  for (let position = 0; position <= last + 1; position += 1)
    await ask(`position ${position}`, { position })
  const blocks = new Set([...points.values()].flatMap(({ block }) => [block - 1, block, block + 1]))
  for (const block of blocks) await ask(`block ${block}`, { block })
  for (let second = -1; second <= 50; second += 1) {
    const time = new Date((1_770_000_000 + second) * 1_000)
    await ask(time.toISOString(), { time })
  }
  return [points, resolved]
}

const listsOf = async (reads: WorldReads): Promise<Answers> => ({
  overview: await reads.overview(),
  adventurers: await reads.adventurers({ limit: 10 }, EVERY_PART),
  'adventurers of an account': await reads.adventurers({ owner: '0x2a', limit: 10 }, new Set()),
  'adventurers after one': await reads.adventurers({ after: '0x1', limit: 1 }, new Set()),
  territories: await reads.territories(null, 10),
  'territories of somebody': await reads.territories('0x2a', 10),
  conversionRates: await reads.conversionRates(2),
})

const answersAt = async (reads: WorldReads, name: string, point: ReadPoint): Promise<Answers> => {
  const answers: Record<string, unknown> = {
    [`hexes ${name}`]: await reads.hexes(TEST_HEXES, point, ALL_PARTS),
    [`adventurers ${name}`]: await reads.adventurersById(IDS, point, EVERY_PART),
    [`rates ${name}`]: await reads.ratesOf(null, point),
    [`rates of some ${name}`]: await reads.ratesOf(IDS.slice(1), point),
  }
  for (const item of IDS) {
    const query = { item, beforeBlock: null, limit: 10 }
    answers[`series of ${item} ${name}`] = await reads.rateSeries(query, point)
  }
  for (const [index, filter] of FILTERS.entries()) {
    const page = { point, before: null, limit: 10 }
    answers[`events ${index} ${name}`] = await reads.events(filter, page)
  }
  return answers
}

const answersAfter = async (reads: WorldReads, after: number): Promise<Answers> => {
  const answers: Record<string, unknown> = {}
  const filter = FILTERS[(after + 1) % FILTERS.length] ?? {}
  answers[`events after ${after}`] = await reads.eventsAfter(filter, after, 4)
  answers[`events gone after ${after}`] = await reads.eventsGoneAfter(filter, after, 4)
  for (const subject of SUBJECTS) {
    const query = { subject, keys: null, after, limit: 4 }
    answers[`${subject} changes after ${after}`] = await reads.changesAfter(query)
  }
  return answers
}
