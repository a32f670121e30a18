/** Text that is markup already; everything else is escaped when it is put into some. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | undefined | readonly (Markup | undefined)[];

/** A template whose parts cannot break out of it: names of topics and producers are other people's text. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + textOf(parts[i - 1]) + string));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map((one) => one?.text ?? '').join('');
  return escaped(String(part));
}

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Data within a script element: no text in it can end the element. */
export function scriptData(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'),
  );
}

/** Columns in which nothing stands are left out. One that is long scrolls within itself. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
  numbers: readonly number[] = [],
): Markup {
  const shown = head.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== ''));
  const cells = (tag: 'td' | 'th', row: readonly (string | Markup)[]): Markup[] =>
    shown.map((i) => {
      const kind = new Markup(numbers.includes(i) ? ' class="number"' : '');
      return tag === 'td' ? html`<td${kind}>${row[i]}</td>` : html`<th${kind}>${row[i]}</th>`;
    });
  return html`<div class="long"><table><thead><tr>${cells('th', head)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells('td', row)}</tr>`)}</tbody></table></div>`;
}
