/**
 * Bounds on what one operation may ask. Size and shape are checked on the document before anything
 * runs; the price in rows is known once arguments are, and is taken from a budget by each field
 * that reads many (context.ts).
 */
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'
import { codedError } from '../errors.ts'
import { createSelectionMeter } from './selection.ts'

/** Longest document, in characters; parsed documents are cached, so this also bounds the cache. */
const DOCUMENT_CHARACTERS_MAX = 32_768
export const DOCUMENT_TOKENS_MAX = 4_000
/** Brackets within brackets, which the parser follows by recursion. */
const NESTING_LEVELS_MAX = 100
/** GraphiQL's introspection goes 15 levels deep. */
const DEPTH_LEVELS_MAX = 16
const ALIASES_MAX = 50
const ROOT_FIELDS_MAX = 20

/**
 * Fields over all rows that one operation may yield: a disc of radius 64 (12 481 hexes) with 400
 * fields each, as the dashboard subscribes to. The price assumes that every hex is known; few discs
 * of that size are full.
 */
export const FIELDS_MAX = 5_000_000

/**
 * Look-ups of a key in a table that one operation may take: a disc of radius 64 with all its parts,
 * which are in 13 tables.
 */
export const LOOK_UPS_MAX = 165_000

export const PAGE_ROWS_MAX = 100
export const PAGE_ROWS_DEFAULT = 20

/** Why a text must not even be parsed; null when it may. */
export const documentRefusal = (text: string): GraphQLError | null => {
  if (text.length > DOCUMENT_CHARACTERS_MAX) {
    return codedError(
      'QUERY_TOO_LARGE',
      `A document may have ${DOCUMENT_CHARACTERS_MAX} characters`,
      400,
    )
  }
  return nestingOf(text) > NESTING_LEVELS_MAX
    ? codedError('QUERY_TOO_DEEP', `A document may nest ${NESTING_LEVELS_MAX} brackets`, 400)
    : null
}

const STRINGS_AND_COMMENTS = /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g

const nestingOf = (text: string): number => {
  let level = 0
  let deepest = 0
  for (const character of text.replace(STRINGS_AND_COMMENTS, '')) {
    if ('([{'.includes(character)) level += 1
    else if (')]}'.includes(character)) level -= 1
    deepest = Math.max(deepest, level)
  }
  return deepest
}

/** Fields of a selection set, with those of its fragments each time that they are spread. */
const fieldsIn = (
  { selections }: SelectionSetNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  within: readonly string[] = [],
): number =>
  selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FIELD) return sum + 1
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return sum + fieldsIn(selection.selectionSet, fragments, within)
    const name = selection.name.value
    const fragment = fragments[name]
    // One that contains itself is refused by another rule.
    if (fragment === undefined || within.includes(name)) return sum
    return sum + fieldsIn(fragment.selectionSet, fragments, [...within, name])
  }, 0)

/** A validation rule: depth, aliases and root fields of a document. */
export const limitsRule = (context: ValidationContext): ASTVisitor => {
  let aliases = 0
  const fragments: Record<string, FragmentDefinitionNode> = {}
  for (const definition of context.getDocument().definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
  }
  const measure = createSelectionMeter(fragments)
  return {
    Field: (field) => {
      if (field.alias !== undefined) aliases += 1
    },
    OperationDefinition: ({ selectionSet }) => {
      const { depth } = measure(selectionSet)
      if (depth > DEPTH_LEVELS_MAX) {
        context.reportError(
          codedError(
            'QUERY_TOO_DEEP',
            `At most ${DEPTH_LEVELS_MAX} levels of fields; this has ${depth}`,
            400,
          ),
        )
      }
      if (fieldsIn(selectionSet, fragments) > ROOT_FIELDS_MAX) {
        context.reportError(
          codedError('QUERY_TOO_LARGE', `At most ${ROOT_FIELDS_MAX} fields at the root`, 400),
        )
      }
    },
    Document: {
      leave: () => {
        if (aliases > ALIASES_MAX) {
          context.reportError(
            codedError(
              'QUERY_TOO_LARGE',
              `At most ${ALIASES_MAX} aliases; this has ${aliases}`,
              400,
            ),
          )
        }
      },
    },
  }
}
