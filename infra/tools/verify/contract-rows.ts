/**
 * Reads model rows from the World contract itself: the path to a world's state that shares nothing
 * with events, ingest or read models. Wire format: torii-and-starknet.md §7.
 */
import { FatalError } from '../../../domain/errors.ts'
import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import { resourceSelector, selectorOfName } from '../../../schemas/crypto/starknet.ts'

/** `starknet_call` at one block: the felts that a view returned. */
export type CallView = (
  to: Felt,
  entrypoint: Felt,
  calldata: readonly Felt[],
) => Promise<readonly Felt[]>

/** One model's rows as the World holds them. */
export type ContractRows = Readonly<{
  /**
   * Stored values of the rows with the given keys, in the order asked for; a row never written
   * reads as zeros.
   */
  valuesOf: (keys: readonly (readonly Felt[])[]) => Promise<readonly (readonly Felt[])[]>
}>

const RESOURCE_IS_MODEL = 0
const INDEX_BY_KEYS: Felt = '0x0'

const indexesOf = (keys: readonly (readonly Felt[])[]): Felt[] => [
  feltOfNumber(keys.length),
  ...keys.flatMap((row): Felt[] => [INDEX_BY_KEYS, feltOfNumber(row.length), ...row]),
]

/** Splits Span<Span<felt>> into its spans; throws when the lengths do not add up. */
const spansOf = (felts: readonly Felt[], what: string): Felt[][] => {
  const spans: Felt[][] = []
  let at = 1
  for (let left = Number(felts[0] ?? 0); left > 0; left--) {
    const length = Number(felts[at] ?? Number.NaN)
    const end = at + 1 + length
    if (!(end <= felts.length))
      throw new FatalError(`${what}: span ${spans.length} reaches beyond the answer`)
    spans.push(felts.slice(at + 1, end))
    at = end
  }
  if (at !== felts.length) throw new FatalError(`${what}: ${felts.length - at} felts are left over`)
  return spans
}

/** A reader of one model's rows. Throws FatalError when the world has no such model. */
export const openContractRows = async (
  call: CallView,
  world: Readonly<{ address: Felt; namespace: string }>,
  model: string,
): Promise<ContractRows> => {
  const selector = resourceSelector(world.namespace, model)
  const [kind, address] = await call(world.address, selectorOfName('resource'), [selector])
  if (kind === undefined || Number(kind) !== RESOURCE_IS_MODEL || address === undefined) {
    throw new FatalError(`The world at ${world.address} has no model ${world.namespace}-${model}`)
  }
  const layout = await call(address, selectorOfName('layout'), [])
  return {
    valuesOf: async (keys) => {
      const answer = await call(world.address, selectorOfName('entities'), [
        selector,
        ...indexesOf(keys),
        ...layout,
      ])
      const rows = spansOf(answer, `entities of ${model}`)
      if (rows.length !== keys.length) {
        throw new FatalError(
          `entities of ${model}: asked for ${keys.length} rows, got ${rows.length}`,
        )
      }
      return rows
    },
  }
}
