import { dark, light, type Palette } from './charts/palette.ts';

type Theme = 'auto' | 'light' | 'dark';
const order: readonly Theme[] = ['auto', 'light', 'dark'];
const storageKey = 'tidemark.theme';

/** Follows the system until the reader chooses; the choice is kept in this browser. */
export class ThemeChoice {
  #theme: Theme = read();
  readonly #systemDark: MediaQueryList = matchMedia('(prefers-color-scheme: dark)');

  constructor(button: HTMLButtonElement, changed: () => void) {
    const show = (): void => {
      document.documentElement.dataset.theme = this.isDark ? 'dark' : 'light';
      button.textContent = { auto: '◐ Auto', light: '○ Light', dark: '● Dark' }[this.#theme];
      button.setAttribute(
        'aria-label',
        `Colours: ${this.#theme === 'auto' ? 'as the system' : this.#theme}. Press to change.`,
      );
      changed();
    };
    button.addEventListener('click', () => {
      this.#theme = order[(order.indexOf(this.#theme) + 1) % order.length] ?? 'auto';
      write(this.#theme);
      show();
    });
    this.#systemDark.addEventListener('change', show);
    show();
  }

  get isDark(): boolean {
    return this.#theme === 'auto' ? this.#systemDark.matches : this.#theme === 'dark';
  }

  get palette(): Palette {
    return this.isDark ? dark : light;
  }
}

// A browser may forbid storage; then the choice lasts as long as the page.
function read(): Theme {
  try {
    const kept = localStorage.getItem(storageKey);
    return order.find((theme) => theme === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function write(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // Nothing to do: see above.
  }
}
