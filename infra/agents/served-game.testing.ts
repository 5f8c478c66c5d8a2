/**
 * The sandbox's game served as the app serves it: event log, projector, read models in a database,
 * API. Its blocks are made when told, and each is covered before its actions end.
 */
import type { Pool } from 'pg'
import {
  createFoldedGame,
  type FoldedGame,
} from '../../agents/worlds/infinite-hex-adventurers/played-world.testing.ts'
import type { MadeBlock } from '../../agents/worlds/infinite-hex-adventurers/stepped-game.testing.ts'
import { createTestApi, GRAPHQL_URL } from '../../api/api.testing.ts'
import { type Client, createClient } from '../../api/client/client.ts'
import { worldStream } from '../../domain/world-stream/facts.ts'
import { createProjector } from '../../projections/engine/projector.ts'
import { infiniteHexProjections } from '../../projections/worlds/infinite-hex-adventurers/registry.ts'
import { createMemoryChangeFeed } from '../memory/change-feed.ts'
import { createMemoryEventLog } from '../memory/event-log.testing.ts'
import { createProjectionStore } from '../postgres/read-models/projection-store.ts'
import { newTestWorld, readsOf } from '../postgres/read-models/read-models.testing.ts'
import { ensureReadModels } from '../postgres/read-models/schema.ts'
import { createFailingLine, type FailingLine } from './failing-line.testing.ts'

export type ServedGame = Readonly<{
  /** Also with its rows in memory, to compare with. */
  game: FoldedGame
  client: Client
  line: FailingLine
  /** Rejects if the projector or the API failed. */
  close: () => Promise<void>
}>

/** A served world before its first block; each has rows of its own in the database. */
export const openServedGame = async (pool: Pool, seed: number): Promise<ServedGame> => {
  const world = newTestWorld()
  const game = createFoldedGame(seed, (block) => cover(block))
  const stream = worldStream(world)
  const log = createMemoryEventLog()
  const place = await ensureReadModels(pool, world, infiniteHexProjections)
  const feed = createMemoryChangeFeed()
  const store = createProjectionStore(pool, place, infiniteHexProjections)
  const projector = createProjector({ log, stream, store, feed })
  const stop = new AbortController()
  const projecting = projector.run(stop.signal)
  const reads = readsOf(pool, place, world, log)
  const { api, reported } = createTestApi({ reads, feed })
  const line = createFailingLine(api.fetch)
  const notices = feed.subscribe(stop.signal)[Symbol.asyncIterator]()

  const cover = async ({ header, events }: MadeBlock) => {
    const { number, hash, timestamp, finality } = header
    const last = await log.head(stream)
    if (events.length > 0) await log.append(stream, last ?? 'no-stream', events)
    const position = (await log.head(stream)) ?? -1
    projector.offerHead({ number, hash, timestamp, finality, position })
    while (((await store.progress()).head?.number ?? -1) < number) await notices.next()
  }

  return {
    game,
    client: createClient({ url: GRAPHQL_URL, fetch: line.fetch }),
    line,
    close: async () => {
      stop.abort()
      await projecting
      await api.close()
      await log.close()
      if (reported.length > 0) throw new AggregateError(reported, 'the API failed')
    },
  }
}
