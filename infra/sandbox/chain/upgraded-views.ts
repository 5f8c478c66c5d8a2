/**
 * Views of a world whose models were upgraded (model-upgrades.ts), derived from the views of the
 * same world without upgrades: contracts that upgrades deployed return the longer layout and
 * schema, `resource` returns their addresses, and the World reads rows under the longer layout. The
 * rows themselves do not change: an appended member was never written, and so is zero.
 */
import type { Felt } from '../../../domain/felt.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  entrypointSelector,
  memberSelector,
  selectorsOf,
} from '../../../schemas/worlds/selectors.ts'
import { memberLayout, modelLayout } from '../game/model-layout.ts'
import { memberSchema } from '../game/model-schema.ts'
import { resourceAddress } from '../game/resource-views.ts'
import type { Call } from './game.ts'
import {
  appendedMember,
  MODEL_UPGRADES_MAX,
  type ModelUpgrades,
  modelAddress,
  type UpgradedModel,
  upgradedModels,
} from './model-upgrades.ts'

type Felts = readonly bigint[]
type View = (call: Call) => Felts

const WORLD = infiniteHexAdventurers
const selectorOf = (entrypoint: string): bigint => BigInt(entrypointSelector(entrypoint))

const APPENDED_LAYOUT = memberLayout(WORLD, appendedMember(1).type)

const appendedMemberSelector = (upgrade: number): bigint =>
  BigInt(memberSelector(appendedMember(upgrade).name))

const numbersTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => at + 1)

const appendedFields = (upgrades: number): Felts =>
  numbersTo(upgrades).flatMap((upgrade) => [appendedMemberSelector(upgrade), ...APPENDED_LAYOUT])

const appendedSchemas = (upgrades: number): Felts =>
  numbersTo(upgrades).flatMap((upgrade) => {
    const { name, type } = appendedMember(upgrade)
    return memberSchema(WORLD, name, type, false)
  })

/** A serialised list whose length stands at `lengthAt`, with this many more elements at its end. */
const longer = (felts: Felts, lengthAt: number, elements: number, appended: Felts): Felts => [
  ...felts.slice(0, lengthAt),
  (felts[lengthAt] ?? 0n) + BigInt(elements),
  ...felts.slice(lengthAt + 1),
  ...appended,
]

/** Layout::Struct is [variant, fields, …]. */
const longerLayout = (layout: Felts, upgrades: number): Felts =>
  longer(layout, 1, upgrades, appendedFields(upgrades))

/** Struct is [name, no attributes, children, …]. */
const longerSchema = (schema: Felts, upgrades: number): Felts =>
  longer(schema, 2, upgrades, appendedSchemas(upgrades))

const LAYOUTS: ReadonlyMap<Felt, Felts> = new Map(
  Object.entries(selectorsOf(WORLD).models).map(([name, selector]) => [
    selector,
    // Selectors are those of the same models.
    modelLayout(WORLD, WORLD.models[name as ModelName].values),
  ]),
)

/**
 * Layout of a model after this many upgrades, as its contract returns it; empty when there is no
 * such model.
 */
const layoutAfter = (selector: Felt, upgrades: number): Felts => {
  const layout = LAYOUTS.get(selector)
  return layout === undefined ? [] : longerLayout(layout, upgrades)
}

const layoutFelts = new Map<string, readonly Felt[]>()

/**
 * Layout under which a record of a model with this many values was written, as JSON-RPC spells it:
 * each upgrade added one value.
 */
export const layoutOfValues = (selector: Felt, values: number): readonly Felt[] => {
  const fields = Number(LAYOUTS.get(selector)?.[1] ?? values)
  const upgrades = Math.min(Math.max(values - fields, 0), MODEL_UPGRADES_MAX)
  const name = `${selector} ${upgrades}`
  // At most one entry per model and upgrade.
  const felts =
    layoutFelts.get(name) ??
    layoutAfter(selector, upgrades).map((felt): Felt => `0x${felt.toString(16)}`)
  if (LAYOUTS.has(selector)) layoutFelts.set(name, felts)
  return felts
}

/** Option::Some and a number. */
const longerSize = (size: Felts, upgrade: number): Felts =>
  size.map((felt, at) => (at === 1 ? felt + BigInt(upgrade) : felt))

/**
 * What a contract answers after upgrade number `upgrade`, given its answer without upgrades; `view`
 * gives its other answers without upgrades.
 */
type LongerAnswer = (answer: Felts, upgrade: number, view: (name: string) => Felts) => Felts

/** ModelDef is name, layout, schema, packed size and unpacked size. */
const longerDefinition: LongerAnswer = (_, upgrade, view) => [
  ...view('dojo_name'),
  ...longerLayout(view('layout'), upgrade),
  ...longerSchema(view('schema'), upgrade),
  ...view('packed_size'),
  ...longerSize(view('unpacked_size'), upgrade),
]

/** By entrypoint; an entrypoint that is not listed answers as before. */
const LONGER_ANSWERS: ReadonlyMap<bigint, LongerAnswer> = new Map([
  [selectorOf('layout'), longerLayout],
  [selectorOf('schema'), longerSchema],
  [selectorOf('unpacked_size'), longerSize],
  [selectorOf('definition'), longerDefinition],
])

const callUpgraded = (call: Call, { selector, upgrade }: UpgradedModel, before: View): Felts => {
  const to = resourceAddress(BigInt(selector))
  const answer = before({ ...call, to })
  const answerLonger = LONGER_ANSWERS.get(call.selector)
  if (answerLonger === undefined) return answer
  return answerLonger(answer, upgrade, (name) =>
    before({ to, selector: selectorOf(name), calldata: [] }),
  )
}

const areEqual = (a: Felts, b: Felts): boolean =>
  a.length === b.length && a.every((felt, at) => felt === b[at])

/** Where a `ModelIndex` that begins at a place of calldata ends. */
const indexEnd = (calldata: Felts, at: number): number => {
  const variant = calldata[at]
  if (variant === 0n) return at + 2 + Number(calldata[at + 1] ?? 0n)
  return at + (variant === 1n ? 2 : 3)
}

/**
 * How many upgrades the layout at the end of calldata includes; 0 for any other layout, which the
 * World then checks.
 */
const upgradesIn = (layout: Felts, selector: Felt, upgrades: number): number =>
  numbersTo(upgrades).find((upgrade) => areEqual(layout, layoutAfter(selector, upgrade))) ?? 0

/** Each of a list of spans with this many zeros appended. */
const withZeros = (spans: Felts, zeros: number): Felts => {
  const grown: bigint[] = []
  for (let at = 0; at < spans.length; ) {
    const length = spans[at] ?? 0n
    const end = at + 1 + Number(length)
    grown.push(
      length + BigInt(zeros),
      ...spans.slice(at + 1, end),
      ...numbersTo(zeros).map(() => 0n),
    )
    at = end
  }
  return grown
}

/** `entity` of a row of an upgraded model. */
const entity = (call: Call, selector: Felt, upgrades: number, before: View): Felts => {
  const { calldata } = call
  const end = indexEnd(calldata, 1)
  const layout = calldata.slice(end)
  const isMember = calldata[1] === 2n
  if (isMember) {
    const isAppended = numbersTo(upgrades).some(
      (upgrade) => appendedMemberSelector(upgrade) === calldata[3],
    )
    return isAppended && areEqual(layout, APPENDED_LAYOUT) ? [1n, 0n] : before(call)
  }
  const known = upgradesIn(layout, selector, upgrades)
  if (known === 0) return before(call)
  return withZeros(
    before({ ...call, calldata: [...calldata.slice(0, end), ...layoutAfter(selector, 0)] }),
    known,
  )
}

/** `entities` of rows of an upgraded model: a count of spans, then the spans. */
const entities = (call: Call, selector: Felt, upgrades: number, before: View): Felts => {
  const { calldata } = call
  const count = calldata[1] ?? 0n
  let end = 2
  for (let index = 0n; index < count && end < calldata.length; index += 1n)
    end = indexEnd(calldata, end)
  const known = upgradesIn(calldata.slice(end), selector, upgrades)
  if (known === 0) return before(call)
  const [found = 0n, ...spans] = before({
    ...call,
    calldata: [...calldata.slice(0, end), ...layoutAfter(selector, 0)],
  })
  return [found, ...withZeros(spans, known)]
}

/** Resource::Model is [variant, address, namespace]. */
const resource = (call: Call, selector: Felt, upgrades: number, before: View): Felts =>
  before(call).map((felt, at) => (at === 1 ? BigInt(modelAddress(selector, upgrades)) : felt))

const WORLD_VIEWS = new Map([
  [selectorOf('entity'), entity],
  [selectorOf('entities'), entities],
  [selectorOf('resource'), resource],
])

/** Runs a view on a world with these upgrades; `before` runs it as if there were none. */
export const viewUpgraded = (call: Call, upgrades: ModelUpgrades, before: View): Felts => {
  if (upgrades.size === 0) return before(call)
  if (call.to === BigInt(WORLD.worldAddress)) {
    const selector: Felt = `0x${(call.calldata[0] ?? 0n).toString(16)}`
    const count = upgrades.get(selector) ?? 0
    const view = WORLD_VIEWS.get(call.selector)
    return view === undefined || count === 0 ? before(call) : view(call, selector, count, before)
  }
  const upgraded = upgradedModels(upgrades).find(({ address }) => BigInt(address) === call.to)
  return upgraded === undefined ? before(call) : callUpgraded(call, upgraded, before)
}
