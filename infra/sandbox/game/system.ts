/**
 * A system contract of the game: its entrypoints and views as functions of the world that they act
 * on, typed by the world's definition. Dispatch, calldata and reverts are in create-game.ts.
 */
import type { Members } from '../../../domain/worlds/definition.ts'
import type {
  ContractName,
  EventName,
  infiniteHexAdventurers,
  ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { EventRowOf, RowFieldsOf, RowKeysOf, RowOf } from './row-codec.ts'

/**
 * The world as a call sees it: rows to read and write, events to emit, and the caller and block of
 * the transaction.
 */
export type World = Readonly<{
  /** Account that signed the transaction; 0 in a call from outside. */
  caller: bigint
  /** Account that signed the transaction; 0 in a read-only call. */
  block: number
  /** The same number as rows hold it. */
  now: bigint
  /**
   * The row, or zeros and first variants when it was never written: reading a key does not say
   * whether its row exists.
   */
  read: <M extends ModelName>(model: M, keys: RowKeysOf<M>) => RowOf<M>
  /**
   * Writes the whole row and emits its StoreSetRecord, even when nothing changed. Reverts without
   * the WRITER role.
   */
  write: <M extends ModelName>(model: M, keys: RowKeysOf<M>, row: RowOf<M>) => void
  /** Emits a game event in the name of the called contract. Reverts without the WRITER role. */
  emit: <N extends EventName>(event: N, fields: EventRowOf<N>) => void
  /** Whether an account is a recorded owner of the game's namespace. */
  isNamespaceOwner: (account: bigint) => boolean
}>

/** What an entrypoint returns; a list is given in felts. */
export type Returned = undefined | boolean | number | bigint | readonly bigint[]

type Handlers<Es extends Readonly<Record<string, Readonly<{ calldata: Members }>>>> = {
  readonly [E in keyof Es]: (world: World, args: RowFieldsOf<Es[E]['calldata']>) => Returned
}

type Contracts = (typeof infiniteHexAdventurers)['contracts']

/** The implementation of a contract: every entrypoint and every view of its definition. */
export type SystemContract<C extends ContractName> = Readonly<{
  entrypoints: Handlers<Contracts[C]['entrypoints']>
  views: Handlers<Contracts[C]['views']>
}>

/** Felts of what an entrypoint returned. */
export const returnedFelts = (returned: Returned): readonly bigint[] => {
  if (returned === undefined) return []
  return typeof returned === 'object' ? returned : [BigInt(returned)]
}
