// What completion offers at a caret, whoever offers it: schemas, the graph of the repository, whole manifests.

export interface CompletionItem {
  label: string;
  /** `field`: a key. `value`: one of the values that a schema names. `reference`: the name of something that exists. `file`: a path. `snippet`: more than one line of a whole. */
  kind: 'field' | 'value' | 'reference' | 'file' | 'snippet';
  /** One line beside the label: type, whether it is required, default. Empty where there is nothing to add. */
  detail: string;
  /** Markdown; a function where it costs something: it is called when a person looks at the item. */
  documentation?: string | (() => string | undefined);
  /** Plain text with its own indentation and `\n`: it must be inserted as it is, not adjusted by the editor. */
  insertText: string;
  /** The same with tab stops, in the snippet syntax of the language-server protocol. Used where the editor knows snippets. */
  snippet?: string;
  /** Offsets of the text that it replaces, on one line. */
  start: number;
  end: number;
  /** Orders the list, by UTF-16 code units. */
  sortText: string;
  /** What the editor compares with the typed word, where that is not the label. */
  filterText?: string;
  /** The one that is chosen unless the person chooses: the default of a field. */
  preselect?: boolean;
  /** What stands behind the caret now is to be completed at once: a key whose values are known. */
  followUp?: boolean;
}
