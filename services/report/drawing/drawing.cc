#include "services/report/drawing/drawing.h"

namespace welfare::report {
namespace {

struct Move {
  int x;
  int y;

  void operator()(TextShape& shape) const { By(shape.x, shape.y); }
  void operator()(BoxShape& shape) const { By(shape.x, shape.y); }
  void operator()(DotShape& shape) const { By(shape.x, shape.y); }
  void operator()(LineShape& shape) const {
    By(shape.x1, shape.y1);
    By(shape.x2, shape.y2);
  }
  void operator()(AreaShape& shape) const {
    for (AreaShape::Corner& corner : shape.corners) By(corner.x, corner.y);
  }
  void operator()(StructureMark& /*mark*/) const {}

 private:
  void By(int& of_x, int& of_y) const {
    of_x += x;
    of_y += y;
  }
};

}  // namespace

void Place(const Drawing& part, int x, int y, Drawing& whole) {
  for (Shape shape : part.shapes) {
    std::visit(Move{x, y}, shape);
    whole.shapes.push_back(std::move(shape));
  }
  whole.faults.insert(whole.faults.end(), part.faults.begin(),
                      part.faults.end());
}

}  // namespace welfare::report
