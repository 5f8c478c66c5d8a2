/**
 * The game's codes in words (game.md §1.4), and the API's own refusals. A code that is not listed
 * is shown as it is.
 */

const REASONS: Readonly<Record<string, string>> = {
  DEAD: 'the adventurer is dead or does not exist',
  NOT_OWNER: 'the adventurer belongs to another account',
  BAD_COORD: 'that is no hex of this world',
  NOT_ADJ: 'the hex is not next to where the adventurer stands',
  LOW_ENERGY: 'there is not enough energy',
  WRONG_HEX: 'the adventurer stands somewhere else',
  HEX_UNDISC: 'the hex is not discovered yet',
  AREA_UNDISC: 'the area is not discovered yet',
  AREA_INDEX: 'the hex has no such area',
  CTRL_UNSET: 'the control area has to be discovered first',
  NOT_PLANT: 'the area is not a plant field',
  PLANT_RANGE: 'the field has no such plant',
  ALREADY_INIT: 'the plant is already known',
  BAD_CONFIG: 'the plant cannot be made from this world’s seed',
  NO_ACCESS: 'the area’s owner has not given access',
  ACTIVE: 'it is under way already',
  LOCKED: 'the adventurer is busy',
  NOT_INIT: 'the plant has to be examined first',
  BAD_AMOUNT: 'the amount is not allowed',
  BAD_PLANT: 'the plant’s yield does not add up',
  LOW_YIELD: 'the plant has not that much left',
  NO_ACTIVE: 'there is no harvest under way',
  NOT_LINKED: 'the harvest belongs to another plant',
  TOO_EARLY: 'it is not ready yet',
  NOT_CTRL: 'the adventurer does not control the hex',
  BAD_CTRL: 'nobody controls the hex',
  BAD_AREA_ID: 'the hex has no such area',
  BAD_STAKE: 'the energy for it does not add up',
  START_FAIL: 'it could not be begun',
  WRONG_ADV: 'another adventurer began it',
  NOT_ACTIVE: 'there is nothing under way',
  UPKEEP_FAIL: 'the upkeep could not be paid',
  REPAIR_FAIL: 'the repair could not be made',
  BAD_MASK: 'these permissions do not exist',
  NOT_GRANTED: 'no access was given',
  BAD_RECIP: 'the share cannot go to that adventurer',
  BAD_SHARE: 'the share is not allowed',
  OVERFLOW: 'the shares are more than the whole',
  RECIP_CAP: 'too many have a share already',
  NOT_FOUND: 'there is no such share',
  MINE_UNINIT: 'the mine is not open yet',
  MINE_DEPLETED: 'the mine is exhausted',
  MINE_COLLAPSED: 'the mine has collapsed',
  MINE_BLOCKED: 'the mine is blocked',
  SHIFT_ACTIVE: 'a shift is under way already',
  SHIFT_INACTIVE: 'there is no shift under way',
  NO_MATERIAL: 'the materials are missing',
  BAD_BUILDING: 'there is no such building',
  TIER_MAX: 'it cannot be built any higher',
  NOT_READY: 'it is not ready yet',
  INACTIVE: 'the building is out of order',
  ZERO_QTY: 'the amount is zero',
  BAD_TARGET: 'it cannot be made into that',
  COOLDOWN: 'the rule was changed too recently',
  POLICY_OFF: 'sharing is switched off there',
  NO_EFFECT: 'the call went through and changed nothing',
  UNKNOWN_ENTRYPOINT: 'the game has no such call',
  BAD_ARGUMENT: 'an argument does not fit',
  UNKNOWN_ACCOUNT: 'this server has no key for that account',
  CONFLICTING_KEY: 'the same key was used for another command',
  FORBIDDEN_ENTRYPOINT: 'this call is not allowed here',
  TOO_MANY_PENDING: 'too many commands of this account are still on their way',
}

const ACTIONS: Readonly<Record<string, string>> = {
  DISC_HEX: 'discover a hex',
  DISC_AREA: 'discover an area',
  MOVE: 'move',
  INIT: 'examine a plant',
  START: 'begin to build',
  COMPLETE: 'finish a building',
  MINE_START: 'go down the mine',
  MINE_CONT: 'go on mining',
  MINE_STAB: 'shore up the mine',
  MINE_EXIT: 'leave the mine',
  MINE_REPAIR: 'repair the mine',
  MINE_GRANT: 'grant access to the mine',
  MINE_REVOKE: 'revoke access to the mine',
  MINE_INIT: 'open the mine',
  PROCESS: 'process the material',
  UPGRADE: 'enlarge the building',
  UPKEEP: 'pay the upkeep',
  REPAIR: 'repair the building',
  SH_POLICY: 'set the sharing policy',
  SH_GRANT: 'grant access',
  SH_REVOKE: 'revoke access',
  SH_SET: 'set a share',
  SH_CLEAR: 'clear a share',
}

/** Codes that mean something else of a harvest than of a building. */
const HARVEST_ACTIONS: Readonly<Record<string, string>> = {
  START: 'begin a harvest',
  COMPLETE: 'bring in a harvest',
  CANCEL: 'break off a harvest',
}

const look = (table: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined

/** Why the game or the API refused. */
export const reasonWords = (code: string): string =>
  look(REASONS, code) ?? (code === '' ? 'no reason was given' : code)

/** What was tried, as an infinitive; `type` is that of the event which tells the refusal. */
export const actionWords = (type: string, code: string): string =>
  (type === 'HarvestingRejected' ? look(HARVEST_ACTIONS, code) : undefined) ??
  look(ACTIONS, code) ??
  (code === '' ? 'act' : code)
