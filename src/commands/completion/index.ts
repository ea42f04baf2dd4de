/** Scripts that complete the command line in a shell, made from the commander program. */
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { powerShellScript } from './power-shell.js';
import { type ProgramShape, shapeOf } from './shape.js';
import { zshScript } from './zsh.js';

export { shapeOf };

/** The script of each shell. */
export const scripts: Readonly<Record<'bash' | 'zsh' | 'fish' | 'powershell', (shape: ProgramShape) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powerShellScript,
};
