#include "web/app/platform/text_field.h"

#include <emscripten.h>

namespace playground::browser {
namespace {

// clang-format off
EM_JS(void, page_make_text_field, (), {
  const field = Module.textField = document.createElement("input");
  field.id = "canvas-text";
  field.tabIndex = -1;  // it gets the focus when a field of the canvas is edited, not by Tab
  field.setAttribute("aria-label", "Text typed into the playground");
  for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) field.setAttribute(name, "off");
  field.spellcheck = false;
  // Transparent, because hidden fields get no keyboard; 16 px keeps iOS from zooming in.
  field.style.cssText = "position:fixed;left:0;bottom:0;width:1px;height:1px;opacity:0;font-size:16px;border:0;padding:0;pointer-events:none";
  const old = document.getElementById(field.id);  // of an instance that failed
  if (old) old.remove();
  Module.canvas.after(field);
  const sentinel = "\u2007";  // something to delete; otherwise Android's Backspace fires no event
  let given = [];             // of the characters in the field, those that the app has
  const empty = () => {
    field.value = sentinel;
    given = [];
  };
  // While a text is composed (dead keys, input methods, suggestions), it changes:
  // the app gets the difference.
  const give = () => {
    const now = [...field.value.replaceAll(sentinel, "")];
    let same = 0;
    while (same < now.length && now[same] === given[same]) ++same;
    for (let i = same; i < given.length; ++i) _app_key_tap(0);
    for (const character of now.slice(same)) _app_character(character.codePointAt(0));
    given = now;
  };
  field.addEventListener("input", (event) => {
    if (!field.value.includes(sentinel) && given.length === 0 && (event.inputType || "").startsWith("delete")) _app_key_tap(0);
    give();
    if (!event.isComposing) empty();
  });
  field.addEventListener("compositionend", () => {
    give();
    empty();
  });
  field.addEventListener("focus", empty);
  field.addEventListener("blur", (event) => {
    empty();
    // The canvas notices a press on it by itself, and the window comes back with the field as it was.
    if (event.relatedTarget === Module.canvas || !document.hasFocus()) return;
    Module.textClosed = true;
    _app_key_tap(1);
  });
});

EM_JS(void, page_edit_text, (int wanted, const char* mode), {
  const field = Module.textField;
  if (!field) return;
  const focused = document.activeElement === field;
  if (!wanted) {
    Module.textClosed = false;
    if (focused) Module.canvas.focus({preventScroll: true});
    return;
  }
  field.inputMode = UTF8ToString(mode);
  const free = document.activeElement === Module.canvas || document.activeElement === document.body;
  if (!focused && free && !Module.textClosed) field.focus({preventScroll: true});
});

EM_JS(void, page_leave_text_field, (), {
  if (document.activeElement === Module.textField) Module.canvas.focus({preventScroll: true});
});

EM_JS(void, page_place_text_field, (double x, double y, double height), {
  const field = Module.textField;
  if (!field) return;
  field.style.left = x + "px";
  field.style.top = y + "px";
  field.style.bottom = "auto";
  field.style.height = height + "px";
});
// clang-format on

}  // namespace

void make_text_field() { page_make_text_field(); }

void edit_text(bool wanted, Keyboard keyboard) {
  page_edit_text(wanted ? 1 : 0, keyboard == Keyboard::decimal   ? "decimal"
                                 : keyboard == Keyboard::numeric ? "numeric"
                                                                 : "text");
}

void leave_text_field() { page_leave_text_field(); }

void place_text_field(float x, float y, float height) { page_place_text_field(x, y, height); }

}  // namespace playground::browser
