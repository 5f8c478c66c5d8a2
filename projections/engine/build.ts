/** Builds projections that are new or were changed up to the others. */
import { RetryableError } from '../../domain/errors.ts'
import { type BatchSource, batchesUpTo } from './entry-batch.ts'
import type { Projection } from './projection.ts'
import type { Building } from './projection-store.ts'
import { type BatchTarget, storeBuildingBatch } from './store-batch.ts'

export type BuildOptions = BatchSource &
  BatchTarget &
  Readonly<{
    /** Told how far a projection that is being built has come, of how far it has to come. */
    onBuilding?: (projection: Projection, position: number, target: number) => void
  }>

/**
 * Builds a projection up to the checkpoint of the others, `target`, and makes it live; an abort
 * leaves it where it is. Throws ProjectorFenced, and RetryableError when the others have moved on.
 */
export const build = async (
  options: BuildOptions,
  { projection, position }: Building,
  target: number,
  signal: AbortSignal,
): Promise<void> => {
  const { store, onBuilding } = options
  let from = position
  for await (const batch of batchesUpTo(options, from, target)) {
    if (signal.aborted) return
    await storeBuildingBatch(options, projection, from, batch)
    from = batch.position
    onBuilding?.(projection, from, target)
  }
  if (!(await store.join(projection)))
    throw new RetryableError(`Projection ${projection.name} could not join at position ${target}`)
  await store.refreshStatistics()
}
