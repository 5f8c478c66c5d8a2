/**
 * What an operation asks for, read from its selection sets: which parts of a hex or adventurer are
 * wanted (so that no others are read), and how much one row of a field weighs (so that a question
 * has a price before it is answered).
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { AdventurerPart, HexPart } from '../../projections/world-reads.ts'

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>

const ADVENTURER_PARTS: readonly AdventurerPart[] = ['economics', 'inventory', 'reservations']

/**
 * Parts of the hexes under `path` (field names below the resolved field) that the operation
 * selects.
 */
export const selectedHexParts = (
  info: GraphQLResolveInfo,
  ...path: readonly string[]
): ReadonlySet<HexPart> => {
  const parts = new Set<HexPart>()
  const hexes = fieldsUnder(rootsOf(info), path, info.fragments)
  for (const part of ['areas', 'decay', 'claim', 'adventurers'] as const) {
    if (fieldsUnder(hexes, [part], info.fragments).length > 0) parts.add(part)
  }
  if (fieldsUnder(hexes, ['areas', 'plants'], info.fragments).length > 0) parts.add('plants')
  for (const part of adventurerPartsOf(
    fieldsUnder(hexes, ['adventurers'], info.fragments),
    info.fragments,
  )) {
    parts.add(part)
  }
  return parts
}

/** Parts of the adventurers under `path` that the operation selects. */
export const selectedAdventurerParts = (
  info: GraphQLResolveInfo,
  ...path: readonly string[]
): ReadonlySet<AdventurerPart> =>
  adventurerPartsOf(fieldsUnder(rootsOf(info), path, info.fragments), info.fragments)

const adventurerPartsOf = (
  adventurers: readonly FieldNode[],
  fragments: Fragments,
): ReadonlySet<AdventurerPart> =>
  new Set(ADVENTURER_PARTS.filter((part) => fieldsUnder(adventurers, [part], fragments).length > 0))

const rootsOf = (info: GraphQLResolveInfo): readonly FieldNode[] => info.fieldNodes

/**
 * Fields reached from `fields` by the names of `path`, aliases aside; @skip and @include are not
 * looked at.
 */
const fieldsUnder = (
  fields: readonly FieldNode[],
  path: readonly string[],
  fragments: Fragments,
): readonly FieldNode[] =>
  path.reduce<readonly FieldNode[]>(
    (reached, name) =>
      reached
        .flatMap((field) => subfieldsOf(field.selectionSet, fragments))
        .filter((field) => field.name.value === name),
    fields,
  )

const subfieldsOf = (set: SelectionSetNode | undefined, fragments: Fragments): FieldNode[] => {
  const fields: FieldNode[] = []
  const spread = new Set<string>()
  const visit = (selections: readonly SelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet.selections)
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value)
        visit(fragments[selection.name.value]?.selectionSet.selections ?? [])
      }
    }
  }
  visit(set?.selections ?? [])
  return fields
}

/** Lists inside a row: each of their fields counts several times. */
const INNER_LISTS: ReadonlySet<string> = new Set([
  'areas',
  'plants',
  'adventurers',
  'items',
  'reservations',
  'hexes',
])
const INNER_LIST_ITEMS_ASSUMED = 4

export type SelectionSize = Readonly<{
  /** Fields that one row yields, inner lists counted at an assumed length. */
  weight: number
  /** Levels of fields. */
  depth: number
}>

/**
 * Measures selection sets, fragments included; each fragment once, so that nesting them multiplies
 * no work.
 */
export const createSelectionMeter = (
  fragments: Fragments,
): ((set: SelectionSetNode | undefined) => SelectionSize) => {
  const known = new Map<string, SelectionSize>()
  const nothing: SelectionSize = { weight: 0, depth: 0 }

  const measureFragment = (name: string): SelectionSize => {
    const earlier = known.get(name)
    if (earlier !== undefined) return earlier
    known.set(name, nothing) // a fragment that contains itself is refused by another rule
    const size = measure(fragments[name]?.selectionSet)
    known.set(name, size)
    return size
  }
  const measureSelection = (selection: SelectionNode): SelectionSize => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value)
    const inner = measure(selection.selectionSet)
    if (selection.kind === Kind.INLINE_FRAGMENT) return inner
    const items = INNER_LISTS.has(selection.name.value) ? INNER_LIST_ITEMS_ASSUMED : 1
    return { weight: 1 + items * inner.weight, depth: 1 + inner.depth }
  }
  const measure = (set: SelectionSetNode | undefined): SelectionSize =>
    (set?.selections ?? []).map(measureSelection).reduce(
      (sum, size) => ({
        weight: sum.weight + size.weight,
        depth: Math.max(sum.depth, size.depth),
      }),
      nothing,
    )
  return measure
}

/** Fields that one row of the resolved field yields. */
export const rowWeight = (info: GraphQLResolveInfo): number => {
  const measure = createSelectionMeter(info.fragments)
  return info.fieldNodes.reduce((sum, field) => sum + measure(field.selectionSet).weight, 0)
}
