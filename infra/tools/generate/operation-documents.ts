/**
 * The operations in TypeScript: the types of their answers and variables, which GraphQL Code
 * Generator derives, and each operation as a text that knows them.
 */
import { plugin } from '@graphql-codegen/typescript-operations'
import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  validate,
  visit,
} from 'graphql'
import { FatalError } from '../../../domain/errors.ts'
import { type Place, specifierOf } from './place.ts'
import { remarkOn } from './remark.ts'
import { scalarImports, scalarsOf } from './scalars.ts'
import { commentOf } from './schema-types.ts'

const SCHEMA = 'Schema'
const BASE = 'AnyWorld'

/** As the plugin reads them. */
const CONFIG = {
  immutableTypes: true,
  strictScalars: true,
  inlineFragmentTypes: 'combine', // a fragment stays one type wherever it is spread
  importSchemaTypesFrom: './types.ts',
  namespacedImportName: SCHEMA,
} as const

/**
 * The module's text, not yet formatted. Throws FatalError with every fault when an operation is not
 * valid for the schema.
 */
export const operationDocuments = async (
  schema: GraphQLSchema,
  operations: DocumentNode,
  place: Place,
): Promise<string> => {
  const faults = validate(schema, operations, undefined, { maxErrors: 20 })
  if (faults.length > 0) throw new FatalError(faults.map(String).join('\n\n'))
  const types = await typesOf(schema, operations, place)
  const documents = operations.definitions.filter(isOperation)
  const text = documents.map((operation) => documentOf(operation, operations))
  const body = [types, ...text].join('\n\n')
  return `${scalarImports(body, place)}${schemaImports(body, place)}\n${body}\n`
}

/** The types of this place's schema, and of any world's, under the names by which a text has them. */
const schemaImports = (text: string, place: Place): string =>
  [
    `import type { TypedDocument } from '${specifierOf(place, `${place.base}/typed-document.ts`)}'`,
    ...(text.includes(`${BASE}.`)
      ? [`import type * as ${BASE} from '${specifierOf(place, `${place.base}/types.ts`)}'`]
      : []),
    ...(text.includes(`${SCHEMA}.`) ? [`import type * as ${SCHEMA} from './types.ts'`] : []),
    '',
  ].join('\n')

const typesOf = async (
  schema: GraphQLSchema,
  operations: DocumentNode,
  { known }: Place,
): Promise<string> => {
  const scalars = Object.fromEntries(
    Object.entries(scalarsOf('answer')).map(([name, output]) => [
      name,
      { input: scalarsOf('input')[name] ?? output, output },
    ]),
  )
  const files = [{ location: 'operations', document: operations }]
  const output = await plugin(schema, files, { ...CONFIG, scalars }, { outputFile: '' })
  const text = typeof output === 'string' ? output : output.content
  // `Exact` is the plugin's own mapped type, declared in a part of its output that is left out.
  return text
    .replaceAll(/\bExact</g, 'Readonly<')
    .replaceAll(/\bSchema\.(\w+)/g, (named, name) => (known.has(name) ? `${BASE}.${name}` : named))
}

const isOperation = (definition: DefinitionNode): definition is OperationDefinitionNode =>
  definition.kind === Kind.OPERATION_DEFINITION

const documentOf = (operation: OperationDefinitionNode, operations: DocumentNode): string => {
  const name = operation.name?.value
  if (name === undefined) throw new FatalError('An operation has no name')
  const kind = `${operation.operation[0]?.toUpperCase()}${operation.operation.slice(1)}`
  const types = `${name}${kind}, ${name}${kind}Variables`
  const parts = [operation, ...fragmentsOf(operation, operations)]
  const text = parts.map((part) => stripIgnoredCharacters(print(part))).join('\n')
  const title = `${name[0]?.toLowerCase()}${name.slice(1)}Document`
  return `${commentOf(remarkOn(operation).join(' '))}export const ${title} = ${literalOf(text)} as TypedDocument<${types}>`
}

const literalOf = (text: string): string => `\`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\``

/** The fragments that a definition spreads, and those that they spread, each once. */
const fragmentsOf = (
  operation: OperationDefinitionNode,
  { definitions }: DocumentNode,
): readonly FragmentDefinitionNode[] => {
  const found = new Set<FragmentDefinitionNode>()
  const collect = (definition: DefinitionNode): void => {
    visit(definition, {
      FragmentSpread: (spread) => {
        const fragment = definitions.find(
          (one): one is FragmentDefinitionNode =>
            one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === spread.name.value,
        )
        if (fragment === undefined || found.has(fragment)) return
        found.add(fragment)
        collect(fragment)
      },
    })
  }
  collect(operation)
  return [...found]
}
