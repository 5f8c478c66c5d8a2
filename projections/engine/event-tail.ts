/**
 * The event tail: the game's own events as rows, each with the hex that it is about and the
 * adventurer that acted. Where the event itself does not say, the rows written earlier in the same
 * transaction do.
 */
import type { RecordedEvent } from '../../domain/event-log/event-log.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { chainMetaOf } from '../../domain/world-stream/facts.ts'
import type { EventName } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { Handler } from './handler.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * A member of the event, or `table.column` of the row that the same transaction wrote last; null:
 * not known.
 */
type Source = string | null
type Subject = Readonly<{ hex: Source; adventurer: Source }>

const ACTOR = 'adventurers.adventurer_id'
const WHERE_ACTOR_STANDS = 'adventurers.current_hex'
const onHex: Subject = { hex: 'hex_coordinate', adventurer: 'adventurer_id' }
const whereActorStands: Subject = { hex: WHERE_ACTOR_STANDS, adventurer: 'adventurer_id' }
const byActor: Subject = { hex: null, adventurer: 'adventurer_id' }
const ofClaim: Subject = { hex: 'hex', adventurer: 'claimant' }
const nobody: Subject = { hex: null, adventurer: null }

/**
 * Whom and what each event is about. A mine's or a building's hex is where the actor stands when
 * the call requires it (start, repair); the other calls work from anywhere, so the event stays
 * without a hex.
 */
const SUBJECTS: Readonly<Record<EventName, Subject>> = {
  AdventurerCreated: whereActorStands,
  AdventurerMoved: { hex: 'to', adventurer: 'adventurer_id' },
  AdventurerDied: whereActorStands,
  ConstructionStarted: onHex,
  ConstructionCompleted: onHex,
  ConstructionUpkeepPaid: whereActorStands,
  ConstructionRepaired: whereActorStands,
  ConstructionUpgradeQueued: whereActorStands,
  ConstructionPlantProcessed: byActor,
  ConstructionRejected: byActor,
  ItemsConverted: whereActorStands,
  HexEnergyPaid: { hex: 'hex', adventurer: 'payer' },
  HexBecameClaimable: { hex: 'hex', adventurer: null },
  ClaimInitiated: ofClaim,
  ClaimExpired: ofClaim,
  ClaimRefunded: ofClaim,
  HexDefended: { hex: 'hex', adventurer: 'owner' },
  RegulatorTicked: nobody,
  RegulatorPolicyUpdated: nobody,
  BountyPaid: nobody,
  HarvestingStarted: { hex: 'hex', adventurer: 'adventurer_id' },
  HarvestingCompleted: { hex: 'hex', adventurer: 'adventurer_id' },
  HarvestingCancelled: { hex: 'plants.hex_coordinate', adventurer: 'adventurer_id' },
  HarvestingRejected: { hex: 'hex', adventurer: 'adventurer_id' },
  MineInitialized: { hex: 'hex_coordinate', adventurer: null },
  MineAccessGranted: { hex: null, adventurer: 'granted_by_adventurer_id' },
  MineAccessRevoked: { hex: null, adventurer: 'revoked_by_adventurer_id' },
  MiningStarted: whereActorStands,
  MiningContinued: byActor,
  MineStabilized: byActor,
  MiningExited: byActor,
  MineCollapsed: nobody,
  MineRepaired: whereActorStands,
  MiningRejected: byActor,
  AreaOwnershipAssigned: { hex: 'areas.hex', adventurer: 'discoverer_adventurer_id' },
  OwnershipTransferred: { hex: 'areas.hex', adventurer: 'from_adventurer_id' },
  ResourcePolicyUpserted: { hex: null, adventurer: 'controller_adventurer_id' },
  ResourceAccessGranted: { hex: null, adventurer: 'granted_by_adventurer_id' },
  ResourceAccessRevoked: { hex: null, adventurer: 'revoked_by_adventurer_id' },
  ResourceShareRuleSet: { hex: null, adventurer: ACTOR },
  ResourceShareRuleCleared: { hex: null, adventurer: ACTOR },
  ResourcePermissionRejected: byActor,
  HexDiscovered: { hex: 'hex', adventurer: ACTOR },
  AreaDiscovered: { hex: 'hex', adventurer: 'areas.discoverer_adventurer_id' },
  WorldGenConfigInitialized: nobody,
  WorldActionRejected: { hex: 'target', adventurer: 'adventurer_id' },
}

/** The felt that a source names; null for none. Id 0 stands for nobody and nowhere. */
const feltFrom = (source: Source, fact: RecordedEvent, unit: UnitOfWork): Felt | null => {
  if (source === null) return null
  const [table, column] = source.split('.')
  // Split yields one.
  const value = column === undefined ? fact.data[source] : unit.lastWritten(table as string, column)
  const felt = parseFelt(value)
  return felt === '0x0' ? null : felt
}

const handlerOf = (subject: Subject): Handler => ({
  touches: () => null,
  apply: (fact, unit) =>
    unit.appendEvent({
      position: fact.revision,
      blockPosition: unit.blockPosition(),
      type: fact.type,
      data: fact.data,
      transaction: chainMetaOf(fact).transaction,
      hex: feltFrom(subject.hex, fact, unit),
      adventurer: feltFrom(subject.adventurer, fact, unit),
    }),
})

/** Handlers of the game's events, by their names. */
export const eventHandlers = (): (readonly [string, Handler])[] =>
  Object.entries(SUBJECTS).map(([name, subject]) => [name, handlerOf(subject)])
