/**
 * Long lockstep play of the whole system, and then the three questions of stored-world.testing.ts;
 * at the end one stored row is changed, and the comparison with the contracts must find exactly
 * that.
 */
import { existsSync } from 'node:fs'
import { assert } from '../../../domain/errors.ts'
import type { RecordedEvent } from '../../../domain/event-log/event-log.ts'
import { infiniteHexProjections } from '../../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { projectionSchema } from '../../postgres/read-models/schema.ts'
import { playLockstep } from './lockstep-world.testing.ts'
import { openStoredWorld, type StoredWorld } from './stored-world.testing.ts'

/** A bot that does nothing acceptable for longer is stuck. */
const SILENCE_BLOCKS_MAX = 200
const PROGRESS_EVERY_BLOCKS = 500

const MUST_HAPPEN = [
  'HexDiscovered',
  'HarvestingCompleted',
  'ItemsConverted',
  'HexEnergyPaid',
  'HexBecameClaimable',
]

const goalsMissed = (events: readonly RecordedEvent[]): string[] => {
  const types = new Set(events.map(({ type }) => type))
  const claims = events
    .filter(({ type }) => type === 'ClaimInitiated')
    .map(({ data }) => Number(data.energy_locked))
  return [
    ...MUST_HAPPEN.filter((type) => !types.has(type)),
    ...(claims.some((locked) => locked > 0) ? [] : ['a pending claim']),
    ...(claims.some((locked) => locked === 0) ? [] : ['an immediate claim']),
  ]
}

const tamperedRowIsFound = async (stored: StoredWorld): Promise<void> => {
  const { pool, place } = stored
  const [world] = infiniteHexProjections
  assert(world !== undefined, 'the game has no projection')
  const table = `${projectionSchema(place, world)}.adventurers`
  const { rows } = await pool.query(`SELECT entity_id FROM ${table} WHERE world = $1 LIMIT 1`, [
    place.world,
  ])
  const row = [place.world, rows[0].entity_id]
  await pool.query(
    `UPDATE ${table} SET energy = energy + 1 WHERE world = $1 AND entity_id = $2`,
    row,
  )
  const { mismatches } = await stored.compareWithContracts()
  await pool.query(
    `UPDATE ${table} SET energy = energy - 1 WHERE world = $1 AND entity_id = $2`,
    row,
  )
  assert(
    mismatches.length === 1 && mismatches[0]?.model === 'Adventurer',
    'a changed row was not found',
  )
}

export type LockstepSoak = Readonly<{
  dataFolder: string
  seed: number
  blocks: number
  print: (line: string) => void
}>

/** Throws when anything is not as it must be. */
export const lockstepSoak = async ({
  dataFolder,
  seed,
  blocks,
  print,
}: LockstepSoak): Promise<void> => {
  assert(!existsSync(dataFolder), `${dataFolder} is there already`)
  const started = performance.now()
  const play = await playLockstep({
    dataFolder,
    seed,
    bots: 8,
    blocks,
    onBlock: (block) => {
      if (block % PROGRESS_EVERY_BLOCKS === 0) print(`seed ${seed}: block ${block} of ${blocks}`)
    },
  })
  print(
    `seed ${seed}: ${play.deeds} actions in ${blocks} blocks, ${((performance.now() - started) / blocks).toFixed(1)} ms a block`,
  )
  const silent = Math.max(...play.longestSilenceBlocks)
  assert(silent <= SILENCE_BLOCKS_MAX, `seed ${seed}: a bot was silent for ${silent} blocks`)

  const stored = await openStoredWorld(dataFolder)
  try {
    const missed = goalsMissed(await stored.events())
    assert(missed.length === 0, `seed ${seed}: never happened: ${missed.join(', ')}`)
    const faults = await stored.logFaults()
    assert(faults.length === 0, faults.join('; '))
    const tables = await stored.tablesUnlikeReplay()
    assert(tables.length === 0, `unlike a replay: ${tables.join(', ')}`)
    const report = await stored.compareWithContracts()
    assert(
      report.mismatches.length === 0,
      `unlike the contracts: ${JSON.stringify(report.mismatches[0])}`,
    )
    assert(report.rowsCompared > 0, `seed ${seed}: no row was compared with the contracts`)
    await tamperedRowIsFound(stored)
    print(
      `seed ${seed}: log, replay and ${report.rowsCompared} rows on chain agree; a changed row was found`,
    )
  } finally {
    await stored.close()
  }
}
