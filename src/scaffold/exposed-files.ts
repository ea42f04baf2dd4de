import { type Routes, sectionsAt } from '../webconfig/index.js';
import { attribute, type XmlDocument } from '../xml/index.js';

/** The server's own scripts that IIS would hand out as files. `files`: relative, forward slashes. */
export function exposedFiles(files: readonly string[], document: XmlDocument, routes: Routes): string[] {
  // A minimal IIS 10 hides no more; bin, App_Data and others come with ASP.NET (applicationHost.config).
  const hidden = new Set(['web.config']);
  for (const section of sectionsAt(document, 'system.webServer/security/requestFiltering/hiddenSegments')) {
    for (const each of section.children) {
      const segment = attribute(each, 'segment')?.toLowerCase() ?? '';
      if (each.name === 'add') hidden.add(segment);
      if (each.name === 'remove') hidden.delete(segment);
      if (each.name === 'clear') hidden.clear();
    }
  }
  const isHidden = (file: string): boolean => file.split('/').some((segment) => hidden.has(segment.toLowerCase()));
  return files.filter((file) => !isHidden(file) && routes.target(file) === file);
}

/** One line about them. */
export function exposedWarning(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const some = files.slice(0, 4).join(', ');
  return [
    `anyone who asks IIS for ${some}${files.length > 4 ? ` and ${files.length - 4} more files of the server` : ''} gets the source: let the last rule of web.config send every URL to node (<match url=".*" />), and keep what IIS is to serve in a folder of its own`,
  ];
}
