import { type Document, visit, type YAMLError } from 'yaml';
import type { Place, Problem } from './problem.ts';
import { textRange } from './yaml-range.ts';

type PlaceOf = (from: number, to: number) => Place;

/** What keeps a text from being YAML, in words for the person who wrote it. */
export function syntaxProblems(document: Document, file: string, place: PlaceOf): readonly Problem[] {
  return [
    ...document.errors.map((error) => syntaxProblem(error, 'error', file, place)),
    ...document.warnings.map((warning) => syntaxProblem(warning, 'warning', file, place)),
    ...unresolved(document, file, place),
  ];
}

/** Whether the value can be had all the same: a key that stands twice leaves the rest readable. */
export function isReadable(document: Document, problems: readonly Problem[]): boolean {
  const twice = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY').length;
  return problems.filter(({ severity }) => severity === 'error').length === twice;
}

/** What is written like `*name` and stands for no `&name`. */
function unresolved(document: Document, file: string, place: PlaceOf): readonly Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const [from, to] = textRange(alias) ?? [0, 1];
      const message = `*${alias.source} refers to a &${alias.source} that is not there`;
      found.push({
        severity: 'error',
        file,
        place: place(from, to),
        message,
        advice: `where the * is meant as such it needs quotes: '*${alias.source}'`,
      });
    },
  });
  return found;
}

function syntaxProblem(error: YAMLError, severity: 'error' | 'warning', file: string, place: PlaceOf): Problem {
  const [from, to] = error.pos;
  return {
    severity,
    file,
    place: place(from, to),
    message: messageFor(error),
    advice: adviceFor(error),
  };
}

function messageFor({ code, message }: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice';
  return `not readable as YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function adviceFor({ code }: YAMLError): string | null {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'keep one of them';
    case 'BAD_DQ_ESCAPE':
      return "between double quotes a \\ means something else: put an expression between single quotes, '…'";
    case 'TAB_AS_INDENT':
      return 'indent with spaces';
    case 'MULTIPLE_DOCS':
      return 'keep one document and take the --- line out';
    default:
      return null;
  }
}
