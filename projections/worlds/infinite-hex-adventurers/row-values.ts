/** How values of rows are shown, the same for all read models. */
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, shortStringOf } from '../../../domain/felt.ts'

/** Id 0, and a row that has none, stand for nobody. */
export const idOrNull = (id: Felt | null): Felt | null => (id === '0x0' ? null : id)

/** Blocks are u64 on chain and far below 2^53 in practice. 0 and a missing row stand for never. */
export const blockOrNull = (block: string | null): number | null =>
  block === null || block === '0' ? null : Number(block)

/** A column that is there whenever its model's row is; the caller has made sure of the row. */
export const present = <T>(value: T | null, column: string): T => {
  if (value === null) throw new FatalError(`Column ${column} is null in a row that has its model`)
  return value
}

/** The text of a short string, or its felt where it is not printable. */
export const textOf = (felt: Felt): string => shortStringOf(felt) ?? felt
