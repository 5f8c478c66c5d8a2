/** One transaction for all that a batch adds, which only the checkpoint's holder commits. */
import type { Pool } from 'pg'
import type { Projection } from '../../../projections/engine/projection.ts'
import {
  type Batch,
  type ProjectionStore,
  ProjectorFenced,
} from '../../../projections/engine/projection-store.ts'
import { inTransaction } from '../pool.ts'
import { pointColumns, writeRows } from './row-writes.ts'
import { coreSchema, type ReadModelPlace } from './schema.ts'
import { coreStatements } from './statements.ts'

type Commits = Pick<ProjectionStore, 'commit' | 'commitBuilding'>

/** Commits to one world's read models. */
export const createCommits = (
  pool: Pool,
  place: ReadModelPlace,
  projections: readonly Projection[],
): Commits => {
  const { world } = place
  const core = coreStatements(coreSchema(place))

  const commit: Commits['commit'] = (batch) =>
    inTransaction(pool, 'Storing a batch of the read models', async (client) => {
      const { from, blocks, retractions } = batch
      const moved = await client.query(core.moveCheckpoint, [
        world,
        ...checkpointMove(batch, projections),
      ])
      if (moved.rowCount === 0) {
        throw new ProjectorFenced(
          `The checkpoint of world ${world} is no longer at position ${from}, or another program keeps its read models`,
        )
      }
      if (blocks.length + retractions.length > 0)
        await client.query(core.insertPoints, [world, ...pointColumns(blocks, retractions)])
      for (const { block, entry } of retractions)
        if (block !== null)
          await client.query(core.retractPoint, [world, block.position, entry.position])
      for (const [projection, rows] of batch.rows)
        await writeRows(client, place, { projection, rows, retractions })
    })

  const commitBuilding: Commits['commitBuilding'] = (batch) =>
    inTransaction(pool, `Building ${batch.projection.name}`, async (client) => {
      const { from, to, projection } = batch
      const { name, version } = projection
      const moved = await client.query(core.moveBuilding, [world, name, version, from, to])
      if (moved.rowCount === 0)
        throw new ProjectorFenced(`Another projector builds ${name} of world ${world}`)
      await writeRows(client, place, batch)
    })

  return { commit, commitBuilding }
}

const checkpointMove = (
  { from, to, head, finalNumber }: Batch,
  projections: readonly Projection[],
): readonly unknown[] => [
  from,
  to,
  projections.map(({ name }) => name),
  projections.map(({ version }) => version),
  head?.number ?? null,
  head?.hash ?? null,
  head?.timestamp ?? null,
  head?.finality ?? null,
  finalNumber,
]
