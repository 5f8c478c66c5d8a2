/**
 * Opens chain, database and log of a data folder in such an order that what can be refused is
 * refused before anything is made: no database for a log of another chain, and no new chain beside
 * the database of one that is missing.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { FatalError } from '../../domain/errors.ts'
import { type WorldId, worldStream } from '../../domain/world-stream/facts.ts'
import type { Projection } from '../../projections/engine/projection.ts'
import { holdsDatabase } from '../pglite/database-folder.ts'
import { expectSameLog, holdsBlock } from '../postgres/read-models/same-log.ts'
import { ensureReadModels, type ReadModelPlace } from '../postgres/read-models/schema.ts'
import type { DataLayout } from './data-layout.ts'
import { allStarted } from './start.ts'
import {
  type LogStorage,
  openDatabase,
  openLog,
  type Storage,
  type StorageOptions,
} from './storage.ts'

export type OpenWorldOptions<Chain> = Omit<StorageOptions, 'databaseFolder'> &
  Readonly<{
    layout: DataLayout
    world: WorldId
    projections: readonly Projection[]
    /** Opens the chain, at its beginning when its file is new. */
    openChain: () => Promise<Chain>
    /** Throws when the log holds another chain's world. */
    expectOwnLog: (log: LogStorage['log'], chain: Chain) => Promise<void>
  }>

export type OpenedWorld<Chain> = Readonly<{
  storage: Storage
  /** Where the read models are, which were built from this log. */
  place: ReadModelPlace
  chain: Chain
}>

/** Throws FatalError, for the user, when they do not belong together. */
export const openWorld = async <Chain>(
  options: OpenWorldOptions<Chain>,
): Promise<OpenedWorld<Chain>> => {
  const { chain, storage } = await openParts(options)
  const place = await readModelsOf(options, storage)
  await expectSameLog(storage.pool, place, {
    ...storage,
    stream: worldStream(options.world),
  })
  return { storage, place, chain }
}

const openParts = async <Chain>(
  options: OpenWorldOptions<Chain>,
): Promise<Readonly<{ storage: Storage; chain: Chain }>> => {
  const { layout, openChain, expectOwnLog, logUrl } = options
  const isNew = !existsSync(layout.chainFile)
  const within = { ...options, databaseFolder: layout.databaseFolder }
  const remote = logUrl === null ? null : await openLog(within, null)
  if (isNew && remote !== null) await expectNoWorld(options, remote)
  const opensFirst = isNew && holdsDatabase(layout.databaseFolder)
  if (opensFirst) {
    const storage = await openStorage(within, remote)
    await expectNoWorld(options, storage)
    if (await holdsBlock(storage.pool, await readModelsOf(options, storage)))
      throw chainIsMissing(layout, 'the read models beside it are of its world')
    return { storage, chain: await openChain() }
  }
  if (remote === null) {
    const [storage, chain] = await allStarted(options, [openStorage(within, null), openChain()])
    await expectOwnLog(storage.log, chain)
    return { storage, chain }
  }
  const chain = await openChain()
  await expectOwnLog(remote.log, chain)
  return { storage: await openStorage(within, remote), chain }
}

const openStorage = async (
  options: StorageOptions,
  remote: LogStorage | null,
): Promise<Storage> => {
  const databases = await openDatabase(options)
  return { ...databases, ...(remote ?? (await openLog(options, databases.pool))) }
}

const readModelsOf = (
  { world, projections }: Pick<OpenWorldOptions<unknown>, 'world' | 'projections'>,
  { pool }: Pick<Storage, 'pool'>,
): Promise<ReadModelPlace> => ensureReadModels(pool, world, projections)

/** A new chain could never go on with the log of another one. */
const expectNoWorld = async (
  { layout, world }: Pick<OpenWorldOptions<unknown>, 'layout' | 'world'>,
  { log, logPlace }: LogStorage,
): Promise<void> => {
  if ((await log.head(worldStream(world))) === null) return
  throw chainIsMissing(layout, `the event log in ${logPlace} holds the world of another chain`)
}

const chainIsMissing = ({ folder, chainFile }: DataLayout, found: string): FatalError =>
  new FatalError(
    `${folder} has no ${path.basename(chainFile)}, but ${found}. Nothing was made: put that file back, start over (--fresh), or use another data folder (--data)`,
  )
