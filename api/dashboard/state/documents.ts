/** Every operation that the dashboard sends, against schemas/graphql/. */

const HEX_FIELDS = `fragment HexFields on Hex {
  coordinate { packed q r }
  isDiscovered biome discoveryBlock areaCount
  areas @include(if: $whole) {
    id index type isDiscovered quality size plantSlots ownerId
    plants { slot species currentYield reservedYield maxYield }
  }
  decay { ownerId energyReserve level lastPaymentBlock lastProcessedBlock claimableSinceBlock }
  claim { claimantId energyLocked createdBlock expiryBlock }
  adventurers { id owner name energy effectiveEnergy maxEnergy lockedUntilBlock isAlive }
}`

const EVENT_FIELDS = `fragment EventFields on WorldEvent {
  id position type data transaction adventurerId
  block { number time }
  hex { packed q r }
}`

/**
 * Without `whole`, hexes come without their areas: what a map from afar needs, at a fifth of the
 * size.
 */
export const HEX_CHANGED = `subscription HexChanged($center: HexCoordinate!, $radius: Int!, $since: Cursor, $whole: Boolean!) {
  hexChanged(center: $center, radius: $radius, since: $since) {
    __typename
    ... on Change { cursor position block finality last }
    ... on HexSnapshot { nodes { ...HexFields } }
    ... on HexUpsert { node { ...HexFields } }
    ... on HexRemoval { id }
    ... on Resync { reason }
  }
}
${HEX_FIELDS}`

export const WORLD_EVENTS = `subscription WorldEvents($since: Cursor) {
  worldEvents(since: $since) {
    __typename
    ... on Change { cursor position block finality last }
    ... on WorldEventSnapshot { nodes { ...EventFields } }
    ... on WorldEventUpsert { node { ...EventFields } }
    ... on WorldEventRemoval { id }
    ... on Resync { reason }
  }
}
${EVENT_FIELDS}`

export const HEXES_AT = `query HexesAt($center: HexCoordinate!, $radius: Int!, $block: BlockNumber!, $whole: Boolean!) {
  hexesInRadius(center: $center, radius: $radius, at: { block: $block }) { ...HexFields }
}
${HEX_FIELDS}`

export const EVENTS = `query Events($first: Int!, $after: Cursor, $hex: HexCoordinate, $adventurer: Felt, $at: At) {
  events(first: $first, after: $after, hex: $hex, adventurer: $adventurer, at: $at) {
    edges { node { ...EventFields } }
    pageInfo { hasNextPage endCursor }
  }
}
${EVENT_FIELDS}`

export const PULSE = `query Pulse {
  _meta { chainId worldAddress position lag projectionVersion block { number time } }
}`

export const OVERVIEW = `query Overview {
  worldOverview {
    hexesDiscovered areasDiscovered territories controlledHexes claimableHexes
    adventurers livingAdventurers activeAdventurers energyHeld energyInReserves
  }
  energyMarket {
    rates { itemId itemName baseRate effectiveRate unitsInWindow penaltyBp lastConversionBlock }
  }
}`

export const HEX_DETAIL = `query HexDetail($coordinate: HexCoordinate!, $at: At, $whole: Boolean!) {
  hex(coordinate: $coordinate, at: $at) {
    coordinate { packed x y z q r h3 }
    discoverer
    ...HexFields
  }
}
${HEX_FIELDS}`

export const ADVENTURER_DETAIL = `query AdventurerDetail($id: Felt!, $at: At) {
  adventurer(id: $id, at: $at) {
    id owner name energy effectiveEnergy maxEnergy lockedUntilBlock isAlive
    coordinate { packed q r }
    economics { totalEnergySpent totalEnergyEarned lastRegenBlock }
    inventory { weight maxWeight items { id name quantity quality } }
    reservations { id areaId plantSlot amount readyBlock hex { packed q r } }
  }
}`

export const ADVENTURERS = `query Adventurers($first: Int!, $after: Cursor, $owner: Felt) {
  adventurers(first: $first, after: $after, owner: $owner) {
    edges { node { id owner name isAlive energy effectiveEnergy maxEnergy coordinate { packed q r } } }
    pageInfo { hasNextPage endCursor }
  }
}`

export const SUBMIT = `mutation Submit($input: SubmitCommandInput!) {
  submitCommand(input: $input) {
    __typename
    ... on Command { id entrypoint args account state isFinal transaction block reason }
    ... on CommandRejection { code message }
  }
}`

export const COMMAND_CHANGED = `subscription CommandChanged($id: ID!) {
  commandChanged(id: $id) {
    revision
    command { id entrypoint args account state isFinal transaction block reason }
  }
}`
