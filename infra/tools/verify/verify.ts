/**
 * Compares read models with the chain, row by row: what was projected from events against what the
 * World's `entities` view answers at the same block. It finds a wrong projection, a lost event and
 * a changed row alike. It cannot find a row that the read models lack: the World is asked by keys.
 */
import { FatalError } from '../../../domain/errors.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { CallView } from './contract-rows.ts'
import { openContractRows } from './contract-rows.ts'

/** A model row as the read models hold it, in the felts of the chain. */
export type ProjectedRow = Readonly<{ keys: readonly Felt[]; values: readonly Felt[] }>

/** A row that is not as it is on chain. */
export type Mismatch = Readonly<{
  model: string
  keys: readonly Felt[]
  /** Place of the first differing value in declaration order. */
  member: number
  projected: Felt | null
  onChain: Felt | null
}>

/** What a comparison found. */
export type VerifyReport = Readonly<{
  rowsCompared: number
  rowsByModel: Readonly<Record<string, number>>
  rowsDiffering: number
  /** The first ones found, at most `mismatchesMax`. */
  mismatches: readonly Mismatch[]
}>

/** What is compared with what. */
export type VerifyOptions = Readonly<{
  world: Readonly<{ address: Felt; namespace: string }>
  /** Of the block that the read models are at. */
  call: CallView
  models: readonly string[]
  projectedRows: (model: string) => AsyncIterable<ProjectedRow>
  /** Rows per call of `entities`. Default 100. */
  batchRowsMax?: number
  /** Mismatches that the report names. Default 20. */
  mismatchesMax?: number
  /** Told after each batch how many rows have been compared. */
  onProgress?: (rowsCompared: number) => void
}>

/** Rows of the read models are not as they are on chain. */
export class RowsDiffer extends FatalError {
  override name = 'RowsDiffer'
}

const differing = (model: string, row: ProjectedRow, onChain: readonly Felt[]): Mismatch | null => {
  const length = Math.max(row.values.length, onChain.length)
  for (let member = 0; member < length; member++) {
    const projected = row.values[member] ?? null
    const stored = onChain[member] ?? null
    if (projected !== stored) return { model, keys: row.keys, member, projected, onChain: stored }
  }
  return null
}

async function* inBatches<T>(rows: AsyncIterable<T>, batchRowsMax: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < batchRowsMax) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Compares every projected row of the given models. */
export const verifyReadModels = async (options: VerifyOptions): Promise<VerifyReport> => {
  const { batchRowsMax = 100, mismatchesMax = 20 } = options
  let rowsCompared = 0
  let rowsDiffering = 0
  const rowsByModel: Record<string, number> = {}
  const mismatches: Mismatch[] = []
  for (const model of options.models) {
    const contract = await openContractRows(options.call, options.world, model)
    rowsByModel[model] = 0
    for await (const batch of inBatches(options.projectedRows(model), batchRowsMax)) {
      const stored = await contract.valuesOf(batch.map((row) => row.keys))
      rowsByModel[model] += batch.length
      rowsCompared += batch.length
      const found = batch.flatMap((row, at) => differing(model, row, stored[at] ?? []) ?? [])
      rowsDiffering += found.length
      mismatches.push(...found.slice(0, mismatchesMax - mismatches.length))
      options.onProgress?.(rowsCompared)
    }
  }
  return { rowsCompared, rowsByModel, rowsDiffering, mismatches }
}
