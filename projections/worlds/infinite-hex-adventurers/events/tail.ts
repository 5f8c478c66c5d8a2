/**
 * How game events become rows of the tail. Where the event itself does not say which hex it is
 * about or who acted, the rows written earlier in the same transaction do.
 */
import type { RecordedEvent } from '../../../../domain/event-log/event-log.ts'
import { type Felt, parseFelt } from '../../../../domain/felt.ts'
import { chainMetaOf } from '../../../../domain/world-stream/facts.ts'
import type {
  EventName,
  GameEvent,
} from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { type Handler, touchesNothing } from '../../../engine/handler.ts'
import type { ModelTable } from '../../../engine/model-table.ts'
import type { ReadModel } from '../../../engine/projection.ts'
import type { VersionedTable } from '../../../engine/table.ts'
import type { UnitOfWork } from '../../../engine/unit-of-work.ts'
import { adventurers } from '../adventurers/tables.ts'
import { areas, plants } from '../hexes/tables.ts'
import { events } from './tables.ts'

/** A member of the event. */
type Field<E extends EventName> = Readonly<{ field: keyof GameEvent<E> & string }>
/** A column of the row of that table that the same transaction wrote last. */
type LastWritten = Readonly<{ table: VersionedTable; column: string }>
/** Where a felt is found; null: it is not known. */
type Source<E extends EventName> = Field<E> | LastWritten | null
type Subject<E extends EventName> = Readonly<{ hex: Source<E>; adventurer: Source<E> }>

const lastWritten = <R>(table: ModelTable<R>, column: keyof R & string): LastWritten => ({
  table,
  column,
})

const actor = lastWritten(adventurers, 'adventurer_id')
const whereActorIs = lastWritten(adventurers, 'current_hex')

const byAdventurer = { field: 'adventurer_id' } as const
const onHex = { hex: { field: 'hex_coordinate' }, adventurer: byAdventurer } as const
const whereActorStands = { hex: whereActorIs, adventurer: byAdventurer } as const
const harvest = { hex: { field: 'hex' }, adventurer: byAdventurer } as const
const byActor = { hex: null, adventurer: byAdventurer } as const
const ofClaim = { hex: { field: 'hex' }, adventurer: { field: 'claimant' } } as const
const nobody = { hex: null, adventurer: null } as const

/**
 * Whom and what each event is about. A mine's or a building's hex is where the actor stands when
 * the call requires it (start, repair); the other calls work from anywhere, so the event stays
 * without a hex.
 */
const SUBJECTS: { readonly [E in EventName]: Subject<E> } = {
  AdventurerCreated: whereActorStands,
  AdventurerMoved: { hex: { field: 'to' }, adventurer: byAdventurer },
  AdventurerDied: whereActorStands,
  ConstructionStarted: onHex,
  ConstructionCompleted: onHex,
  ConstructionUpkeepPaid: whereActorStands,
  ConstructionRepaired: whereActorStands,
  ConstructionUpgradeQueued: whereActorStands,
  ConstructionPlantProcessed: byActor,
  ConstructionRejected: byActor,
  ItemsConverted: whereActorStands,
  HexEnergyPaid: { hex: { field: 'hex' }, adventurer: { field: 'payer' } },
  HexBecameClaimable: { hex: { field: 'hex' }, adventurer: null },
  ClaimInitiated: ofClaim,
  ClaimExpired: ofClaim,
  ClaimRefunded: ofClaim,
  HexDefended: { hex: { field: 'hex' }, adventurer: { field: 'owner' } },
  RegulatorTicked: nobody,
  RegulatorPolicyUpdated: nobody,
  BountyPaid: nobody,
  HarvestingStarted: harvest,
  HarvestingCompleted: harvest,
  HarvestingCancelled: { hex: lastWritten(plants, 'hex_coordinate'), adventurer: byAdventurer },
  HarvestingRejected: harvest,
  MineInitialized: { hex: { field: 'hex_coordinate' }, adventurer: null },
  MineAccessGranted: { hex: null, adventurer: { field: 'granted_by_adventurer_id' } },
  MineAccessRevoked: { hex: null, adventurer: { field: 'revoked_by_adventurer_id' } },
  MiningStarted: whereActorStands,
  MiningContinued: byActor,
  MineStabilized: byActor,
  MiningExited: byActor,
  MineCollapsed: nobody,
  MineRepaired: whereActorStands,
  MiningRejected: byActor,
  AreaOwnershipAssigned: {
    hex: lastWritten(areas, 'hex'),
    adventurer: { field: 'discoverer_adventurer_id' },
  },
  OwnershipTransferred: {
    hex: lastWritten(areas, 'hex'),
    adventurer: { field: 'from_adventurer_id' },
  },
  ResourcePolicyUpserted: { hex: null, adventurer: { field: 'controller_adventurer_id' } },
  ResourceAccessGranted: { hex: null, adventurer: { field: 'granted_by_adventurer_id' } },
  ResourceAccessRevoked: { hex: null, adventurer: { field: 'revoked_by_adventurer_id' } },
  ResourceShareRuleSet: { hex: null, adventurer: actor },
  ResourceShareRuleCleared: { hex: null, adventurer: actor },
  ResourcePermissionRejected: byActor,
  HexDiscovered: { hex: { field: 'hex' }, adventurer: actor },
  AreaDiscovered: {
    hex: { field: 'hex' },
    adventurer: lastWritten(areas, 'discoverer_adventurer_id'),
  },
  WorldGenConfigInitialized: nobody,
  WorldActionRejected: { hex: { field: 'target' }, adventurer: byAdventurer },
}

type AnySource = Readonly<{ field: string }> | LastWritten | null

/** Id 0 stands for nobody and nowhere. */
const feltFrom = (source: AnySource, fact: RecordedEvent, unit: UnitOfWork): Felt | null => {
  if (source === null) return null
  const value =
    'field' in source ? fact.data[source.field] : unit.lastWritten(source.table, source.column)
  const felt = parseFelt(value)
  return felt === '0x0' ? null : felt
}

const appends = ({
  hex,
  adventurer,
}: Readonly<Record<keyof Subject<never>, AnySource>>): Handler => ({
  touches: touchesNothing,
  apply: (fact, unit) =>
    unit.append(events, fact.revision, [
      fact.type,
      chainMetaOf(fact).transaction,
      feltFrom(hex, fact, unit),
      feltFrom(adventurer, fact, unit),
      fact.data,
    ]),
})

/** The event tail. It stands behind the copies of models: it looks at what they wrote. */
export const eventTail: ReadModel = {
  tables: [events],
  handlers: Object.entries(SUBJECTS).map(([name, subject]) => [name, appends(subject)] as const),
}
