/** What a GraphQL text says of a definition in comments, which are no part of the schema. */
import { type DefinitionNode, TokenKind } from 'graphql'

/** The lines of the comment right before a definition and its description; none for no comment. */
export const remarkOn = ({ loc }: Pick<DefinitionNode, 'loc'>): readonly string[] => {
  const lines: string[] = []
  for (let token = loc?.startToken.prev; token?.kind === TokenKind.COMMENT; token = token.prev)
    lines.unshift(token.value.trim())
  return lines
}
