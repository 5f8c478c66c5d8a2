/**
 * What an operation asks for, read from its selection sets: which parts of a node are wanted (so
 * that no others are read), and how much one row of a field weighs (so that a question has a price
 * before it is answered).
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>

/** The fields that an operation asks for below the resolved one. */
export type Selected = Readonly<{
  /** Those reached by these names, aliases aside; @skip and @include are not looked at. */
  at: (...path: readonly string[]) => Selected
  /** Whether anything is asked for there. */
  has: (...path: readonly string[]) => boolean
}>

/** What the operation selects below the resolved field. */
export const selectedBelow = (info: GraphQLResolveInfo): Selected =>
  selected(info.fieldNodes, info.fragments)

const selected = (fields: readonly FieldNode[], fragments: Fragments): Selected => ({
  at: (...path) => selected(fieldsUnder(fields, path, fragments), fragments),
  has: (...path) => fieldsUnder(fields, path, fragments).length > 0,
})

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

/** Items that a list within a row is priced with. */
const INNER_LIST_ITEMS_ASSUMED = 4

export type SelectionSize = Readonly<{
  /** Fields that one row yields, inner lists counted at an assumed length. */
  weight: number
  /** Levels of fields. */
  depth: number
}>

/**
 * Measures selection sets, fragments included; each fragment once, so that nesting them multiplies
 * no work. Fields in `innerLists` are lists within a row: what they hold counts several times.
 */
export const createSelectionMeter = (
  fragments: Fragments,
  innerLists: ReadonlySet<string> = new Set(),
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
    const items = innerLists.has(selection.name.value) ? INNER_LIST_ITEMS_ASSUMED : 1
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
export const rowWeight = (info: GraphQLResolveInfo, innerLists: ReadonlySet<string>): number => {
  const measure = createSelectionMeter(info.fragments, innerLists)
  return info.fieldNodes.reduce((sum, field) => sum + measure(field.selectionSet).weight, 0)
}
